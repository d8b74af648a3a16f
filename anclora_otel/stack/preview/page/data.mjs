/**
 * Asking Prometheus and Loki, through the server of this page.
 *
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").Context} Context
 * @typedef {import("./types.js").Exemplar} Exemplar
 * @typedef {import("./types.js").Labels} Labels
 * @typedef {import("./types.js").Line} Line
 * @typedef {import("./types.js").Panel} Panel
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Range} Range
 * @typedef {import("./types.js").Series} Series
 * @typedef {import("./types.js").Target} Target
 * @typedef {import("./types.js").Variable} Variable
 */

import { rangeOf, stepSeconds, windows } from "./time.mjs";
import { interpolate, seriesName, valuesQuery } from "./variables.mjs";

const LINES_LIMIT = 200;
const EXEMPLARS_IN_A_RANGE = 60;

/**
 * Ask the server for JSON.
 *
 * @param {string} path
 * @param {Record<string, string | number>} [parameters]
 * @returns {Promise<any>}
 */
export async function ask(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  const response = await fetch(query.size > 0 ? `${path}?${query}` : path);
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new Error(reason(text) || `${path}: ${response.status}`);
}

/** @param {string} text */
function reason(text) {
  try {
    return String(JSON.parse(text).error ?? text);
  } catch {
    return text.trim();
  }
}

/**
 * Give the time range of a panel: that of the dashboard, or one of its own.
 *
 * @param {Panel} panel
 * @param {Context} context
 * @returns {Range}
 */
export function rangeOfPanel(panel, context) {
  if (!panel.timeFrom) return context.range;
  const from = panel.timeFrom.startsWith("now") ? panel.timeFrom : `now-${panel.timeFrom}`;
  return rangeOf(from, "now", Date.now());
}

/**
 * Ask for everything that a panel draws.
 *
 * @param {Panel} panel
 * @param {Context} context
 * @param {number} points how many fit beside each other
 * @returns {Promise<Answer>}
 */
export async function panelAnswer(panel, context, points) {
  const range = rangeOfPanel(panel, context);
  const step = stepSeconds(range, points);
  const targets = panel.targets ?? [];
  const parts = await Promise.all(targets.map((target) => targetAnswer(target, panel, context, range, step)));
  return {
    series: parts.flatMap((part) => part.series),
    exemplars: unique(parts.flatMap((part) => part.exemplars)),
    lines: parts.flatMap((part) => part.lines),
    stepSeconds: step,
  };
}

/**
 * Take each trace once: P50, P95 and P99 read the same histogram.
 *
 * @param {Exemplar[]} exemplars
 */
function unique(exemplars) {
  return [...new Map(exemplars.map((exemplar) => [`${exemplar.traceId} ${exemplar.value}`, exemplar])).values()];
}

/**
 * @param {Target} target
 * @param {Panel} panel
 * @param {Context} context
 * @param {Range} range
 * @param {number} step
 * @returns {Promise<Answer>}
 */
async function targetAnswer(target, panel, context, range, step) {
  const query = interpolate(target.expr, context.dashboard.templating.list, context.values, windows(range, step));
  const empty = { series: [], exemplars: [], lines: [], stepSeconds: step };
  if (target.datasource.type === "loki") {
    if (panel.type === "logs") return { ...empty, lines: await logLines(query, range) };
    return { ...empty, series: await overTime("loki", query, range, step, target.legendFormat ?? "") };
  }
  if (target.datasource.type !== "prometheus") throw new Error(`no such data source here: ${target.datasource.type}`);
  if (target.instant) return { ...empty, series: await atTheEnd(query, range, target.legendFormat ?? "") };
  const [series, exemplars] = await Promise.all([
    overTime("prometheus", query, range, step, target.legendFormat ?? ""),
    target.exemplar && panel.type === "timeseries" ? exemplarsOf(query, range) : [],
  ]);
  return { ...empty, series, exemplars };
}

/**
 * Ask for series over a time range.
 *
 * @param {"prometheus" | "loki"} source
 * @param {string} query
 * @param {Range} range
 * @param {number} step
 * @param {string} legend
 * @returns {Promise<Series[]>}
 */
export async function overTime(source, query, range, step, legend) {
  // Grafana asks at multiples of the step, so that a refresh moves no point.
  const [start, end] = [range.from, range.to].map((time) => Math.floor(time / 1000 / step) * step);
  const path = source === "loki" ? "/api/loki/loki/api/v1/query_range" : "/api/prometheus/api/v1/query_range";
  const { data } = await ask(path, { query, start: start ?? 0, end: end ?? 0, step });
  return data.result.map((/** @type {{metric: Labels, values: [number, string][]}} */ found) => ({
    name: seriesName(legend, found.metric),
    labels: found.metric,
    points: everyStep(found.values, start ?? 0, end ?? 0, step),
  }));
}

/**
 * Put samples on every step of the range, so that a hole in the data is one in the line.
 *
 * @param {[number, string][]} samples
 * @param {number} start in seconds
 * @param {number} end in seconds
 * @param {number} step in seconds
 * @returns {Point[]}
 */
export function everyStep(samples, start, end, step) {
  const known = new Map(samples.map(([time, text]) => [Math.round(time), Number(text)]));
  /** @type {Point[]} */
  const points = [];
  for (let time = start; time <= end; time += step) {
    const value = known.get(time);
    points.push([time * 1000, value === undefined || !Number.isFinite(value) ? null : value]);
  }
  return points;
}

/**
 * @param {string} query
 * @param {Range} range
 * @param {string} legend
 * @returns {Promise<Series[]>}
 */
async function atTheEnd(query, range, legend) {
  const { data } = await ask("/api/prometheus/api/v1/query", { query, time: range.to / 1000 });
  const result = data.resultType === "scalar" ? [{ metric: {}, value: data.result }] : data.result;
  return result.map((/** @type {{metric: Labels, value: [number, string]}} */ found) => ({
    name: seriesName(legend, found.metric),
    labels: found.metric,
    points: [[found.value[0] * 1000, Number(found.value[1])]],
  }));
}

/**
 * Ask for the traces behind a query, the slowest of each part of the range.
 *
 * @param {string} query
 * @param {Range} range
 * @returns {Promise<Exemplar[]>}
 */
async function exemplarsOf(query, range) {
  const parameters = { query, start: range.from / 1000, end: range.to / 1000 };
  const { data } = await ask("/api/prometheus/api/v1/query_exemplars", parameters);
  const found = data.flatMap((/** @type {{exemplars: {labels: Labels, value: string, timestamp: number}[]}} */ series) =>
    series.exemplars.map(({ labels, value, timestamp }) => ({
      time: timestamp * 1000,
      value: Number(value),
      traceId: labels["trace_id"] ?? "",
      labels,
    })),
  );
  return slowest(found, (range.to - range.from) / EXEMPLARS_IN_A_RANGE);
}

/**
 * Keep the slowest of each stretch of time.
 *
 * @param {Exemplar[]} exemplars
 * @param {number} milliseconds of a stretch
 * @returns {Exemplar[]}
 */
export function slowest(exemplars, milliseconds) {
  /** @type {Map<number, Exemplar>} */
  const kept = new Map();
  for (const exemplar of exemplars) {
    const stretch = Math.floor(exemplar.time / milliseconds);
    const before = kept.get(stretch);
    if (!before || exemplar.value > before.value) kept.set(stretch, exemplar);
  }
  return [...kept.values()];
}

/**
 * @param {string} query
 * @param {Range} range
 * @returns {Promise<Line[]>}
 */
export async function logLines(query, range) {
  const parameters = { query, start: range.from * 1e6, end: range.to * 1e6, limit: LINES_LIMIT };
  const { data } = await ask("/api/loki/loki/api/v1/query_range", parameters);
  /** @type {Line[]} */
  const lines = data.result.flatMap((/** @type {{stream: Labels, values: [string, string][]}} */ found) =>
    found.values.map(([nanoseconds, text]) => ({
      time: Number(nanoseconds.slice(0, -6)),
      text,
      level: (found.stream["severity_text"] ?? found.stream["detected_level"] ?? "").toLowerCase(),
      labels: found.stream,
    })),
  );
  return lines.sort((one, other) => other.time - one.time);
}

/**
 * Ask for the values that a variable offers.
 *
 * @param {Variable} variable
 * @param {Context} context
 * @returns {Promise<string[]>}
 */
export async function offeredValues(variable, context) {
  const { selector, label } = valuesQuery(variable);
  const { range, dashboard, values } = context;
  const written = interpolate(selector, dashboard.templating.list, values, windows(range, stepSeconds(range, 100)));
  const parameters = { "match[]": written, start: Math.floor(range.from / 1000), end: Math.ceil(range.to / 1000) };
  const { data } = await ask(`/api/prometheus/api/v1/label/${encodeURIComponent(label)}/values`, parameters);
  return data.sort();
}
