/**
 * Series over time, with thresholds, events and the traces behind them.
 *
 * @typedef {import("./types.js").Defaults} Defaults
 * @typedef {import("./types.js").Drawing} Drawing
 * @typedef {import("./types.js").Exemplar} Exemplar
 * @typedef {import("./types.js").Series} Series
 */

import { draw, element, placeIn } from "./charts.mjs";
import { colour, inks, seriesColour, tooltipLook } from "./colours.mjs";
import { scale } from "./scale.mjs";
import { timeLabel } from "./time.mjs";
import { formatTick, formatValue } from "./units.mjs";

/** The part of a chart's height that shows for how long an event lasted. */
const STRIP_SHARE = 0.02;

/** @type {WeakMap<HTMLElement, Set<string>>} What a reader has hidden in the legend of a panel. */
const HIDDEN = new WeakMap();

/** @param {Drawing} drawing */
export function drawTimeSeries(drawing) {
  const { body, panel, answer, context } = drawing;
  const hidden = HIDDEN.get(body) ?? new Set();
  HIDDEN.set(body, hidden);
  if (!body.querySelector(":scope > .chart")) {
    body.replaceChildren(element("div", "chart"), element("div", "legend"));
  }
  const series = answer.series.map((each, index) => ({ ...each, colour: seriesColour(index, context.dark) }));
  const shown = series.filter((each) => !hidden.has(each.name));
  const chart = draw(placeIn(body, "chart"), option(drawing, shown));
  chart.off("click");
  chart.on("click", (clicked) => {
    const exemplar = /** @type {{exemplar?: Exemplar}} */ (clicked.data).exemplar;
    if (exemplar) context.showTrace(exemplar.traceId);
  });
  if (panel.options?.legend?.showLegend === false) return;
  drawLegend(body, series, hidden, () => drawTimeSeries(drawing));
}

/**
 * @param {HTMLElement} body
 * @param {(Series & {colour: string})[]} series
 * @param {Set<string>} hidden
 * @param {() => void} redraw
 */
function drawLegend(body, series, hidden, redraw) {
  const entries = series.map((each) => {
    const entry = element("button", "entry", each.name);
    const mark = element("span", "mark");
    mark.style.backgroundColor = each.colour;
    entry.prepend(mark);
    entry.type = "button";
    entry.title = `show or hide ${each.name}`;
    entry.setAttribute("aria-pressed", String(!hidden.has(each.name)));
    entry.addEventListener("click", () => {
      if (!hidden.delete(each.name)) hidden.add(each.name);
      redraw();
    });
    return entry;
  });
  body.querySelector(":scope > .legend")?.replaceChildren(...entries);
}

/**
 * @param {Drawing} drawing
 * @param {(Series & {colour: string})[]} series
 * @returns {import("./charts.mjs").Option}
 */
function option(drawing, series) {
  const { panel, answer, context, range } = drawing;
  const defaults = panel.fieldConfig?.defaults ?? {};
  const ink = inks(context.dark);
  const stacked = defaults.custom?.stacking?.mode === "normal";
  const axis = valueAxis(defaults, series, answer.exemplars, stacked);
  return {
    grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "time",
      min: range.from,
      max: range.to,
      splitNumber: 5,
      axisLabel: { color: ink.weak, hideOverlap: true, formatter: (value) => timeLabel(value, range) },
      axisLine: { lineStyle: { color: ink.line } },
      splitLine: { show: true, lineStyle: { color: ink.line } },
    },
    yAxis: {
      type: "value",
      ...axis,
      axisLabel: { color: ink.weak, formatter: (value) => formatTick(value, defaults.unit) },
      splitLine: { lineStyle: { color: ink.line } },
    },
    tooltip: {
      trigger: "axis",
      ...tooltipLook(ink),
      formatter: (parameters) => tooltip([parameters].flat(), drawing),
    },
    series: [
      ...series.map((each) => line(each, defaults, stacked)),
      marks(drawing, axis),
      traces(answer.exemplars, axis.max, ink.text),
    ],
  };
}

/**
 * @param {Defaults} defaults
 * @param {Series[]} series
 * @param {Exemplar[]} exemplars
 * @param {boolean} stacked
 */
function valueAxis(defaults, series, exemplars, stacked) {
  const values = series.map((each) => each.points.map(([, value]) => value));
  const sums = stacked ? [(values[0] ?? []).map((_, at) => values.reduce((sum, each) => sum + (each[at] ?? 0), 0))] : [];
  const known = [...values, ...sums].flat().filter((value) => value !== null);
  known.push(...exemplars.map((exemplar) => exemplar.value));
  const soft = defaults.custom?.axisSoftMax;
  const high = known.reduce((most, value) => Math.max(most, value), soft ?? (known[0] ?? 1));
  const low = known.reduce((least, value) => Math.min(least, value), known[0] ?? 0);
  return scale(low, high, defaults.unit ?? "none", { min: defaults.min, max: defaults.max });
}

/**
 * @param {Series & {colour: string}} series
 * @param {Defaults} defaults
 * @param {boolean} stacked
 * @returns {import("/charts/echarts.mjs").LineSeriesOption}
 */
function line(series, defaults, stacked) {
  const opacity = (defaults.custom?.fillOpacity ?? 0) / 100;
  return {
    type: "line",
    name: series.name,
    data: stacked ? series.points.map(([time, value]) => [time, value ?? 0]) : series.points,
    showSymbol: false,
    color: series.colour,
    lineStyle: { width: (defaults.custom?.lineWidth ?? 1) + 0.5 },
    areaStyle: { opacity },
    emphasis: { disabled: true },
    ...(stacked ? { stack: "A" } : {}),
  };
}

/**
 * Draw thresholds and events, on a series without data so that they stay when a line is hidden.
 *
 * @param {Drawing} drawing
 * @param {{min: number, max: number}} axis
 * @returns {import("/charts/echarts.mjs").LineSeriesOption}
 */
function marks({ panel, context, range }, axis) {
  const defaults = panel.fieldConfig?.defaults ?? {};
  const dashed = (defaults.custom?.thresholdsStyle?.mode ?? "off") !== "off";
  const steps = dashed ? (defaults.thresholds?.steps ?? []) : [];
  const inside = steps.flatMap(({ value, color }) =>
    value !== null && value >= axis.min && value <= axis.max ? [{ value, color }] : [],
  );
  const thresholds = inside.map(({ value, color }) => ({
    yAxis: value,
    lineStyle: { color: colour(color, context.dark), type: /** @type {const} */ ("dashed"), width: 1.5 },
  }));
  const events = context.events.filter((event) => event.end >= range.from && event.time <= range.to);
  const starts = events.filter((event) => event.time >= range.from).map((event) => ({
    xAxis: event.time,
    lineStyle: { color: event.colour, type: /** @type {const} */ ("dashed"), width: 1 },
  }));
  // Along the bottom only: several alerts at once would paint over the lines.
  const strip = axis.min + (axis.max - axis.min) * STRIP_SHARE;
  const stretches = events
    .filter((event) => event.end > event.time)
    .map((event) => [
      { xAxis: Math.max(event.time, range.from), yAxis: axis.min, itemStyle: { color: event.colour, opacity: 0.6 } },
      { xAxis: Math.min(event.end, range.to), yAxis: strip },
    ]);
  return {
    type: "line",
    data: [],
    silent: true,
    markLine: { symbol: "none", label: { show: false }, animation: false, data: [...thresholds, ...starts] },
    markArea: { data: /** @type {any} */ (stretches) },
  };
}

/**
 * @param {Exemplar[]} exemplars
 * @param {number} top
 * @param {string} ink
 * @returns {import("/charts/echarts.mjs").ScatterSeriesOption}
 */
function traces(exemplars, top, ink) {
  return {
    type: "scatter",
    name: "traces",
    symbol: "diamond",
    symbolSize: 7,
    z: 5,
    itemStyle: { color: ink, opacity: 0.7 },
    cursor: "pointer",
    data: exemplars.map((exemplar) => ({ value: [exemplar.time, Math.min(exemplar.value, top)], exemplar })),
  };
}

/**
 * @param {any[]} shown the series at the pointer
 * @param {Drawing} drawing
 * @returns {HTMLElement}
 */
function tooltip(shown, { panel, context, answer }) {
  const { unit, decimals } = panel.fieldConfig?.defaults ?? {};
  const box = element("div");
  const time = Number(shown[0]?.axisValue ?? 0);
  box.append(element("div", "time", new Date(time).toLocaleString()));
  const rows = shown.filter((each) => each.seriesType === "line" && each.value?.[1] != null);
  for (const each of rows.sort((one, other) => other.value[1] - one.value[1])) {
    const row = element("div", "row");
    const mark = element("span", "mark");
    mark.style.backgroundColor = each.color;
    row.append(mark, element("span", "name", each.seriesName), element("b", "", formatValue(each.value[1], unit, decimals)));
    box.append(row);
  }
  for (const each of shown.filter((found) => found.seriesType === "scatter")) {
    box.append(element("div", "note", `◆ ${formatValue(each.value[1], unit)} trace ${each.data.exemplar.traceId}`));
  }
  const near = answer.stepSeconds * 1000;
  for (const event of context.events.filter((found) => found.time - near <= time && time <= found.end + near)) {
    box.append(element("div", "note", event.title));
  }
  return box;
}
