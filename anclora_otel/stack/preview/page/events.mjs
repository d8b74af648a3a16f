/**
 * What happened meanwhile: deploys and alerts, which are drawn over every panel.
 *
 * @typedef {import("./types.js").Annotation} Annotation
 * @typedef {import("./types.js").Context} Context
 * @typedef {import("./types.js").Event} Event
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Range} Range
 */

import { colour } from "./colours.mjs";
import { overTime } from "./data.mjs";
import { stepSeconds, windows } from "./time.mjs";
import { interpolate, seriesName } from "./variables.mjs";

const LEAST_STEP_SECONDS = 60;

/**
 * Ask for the events that are drawn over every panel.
 *
 * @param {Context} context
 * @returns {Promise<Event[]>}
 */
export async function eventsOf(context) {
  const wanted = context.dashboard.annotations.list.filter((annotation) => annotation.enable && annotation.target);
  const found = await Promise.all(wanted.map((annotation) => eventsOfOne(annotation, context)));
  return found.flat().sort((one, other) => one.time - other.time);
}

/**
 * @param {Annotation} annotation
 * @param {Context} context
 * @returns {Promise<Event[]>}
 */
async function eventsOfOne(annotation, context) {
  const { range, dashboard, values, dark } = context;
  const step = Math.max(LEAST_STEP_SECONDS, stepSeconds(range, 400));
  const query = interpolate(annotation.target.expr, dashboard.templating.list, values, windows(range, step));
  const series = await overTime("prometheus", query, range, step, "");
  return series.flatMap(({ labels, points }) => {
    const title = seriesName(annotation.titleFormat, labels);
    const drawn = colour(annotation.iconColor, dark);
    const times = annotation.useValueForTime ? startsIn(points, range) : stretches(points, step);
    return times.map(({ time, end }) => ({ time, end, title, colour: drawn }));
  });
}

/**
 * Give the times that stand as values, each once.
 *
 * @param {Point[]} points
 * @param {Range} range
 */
export function startsIn(points, range) {
  const times = new Set(points.flatMap(([, value]) => (value === null ? [] : [Math.round(value)])));
  return [...times].filter((time) => time >= range.from && time <= range.to).map((time) => ({ time, end: time }));
}

/**
 * Give the stretches of time without a hole.
 *
 * @param {Point[]} points
 * @param {number} step in seconds
 */
export function stretches(points, step) {
  /** @type {{time: number, end: number}[]} */
  const found = [];
  for (const [time, value] of points) {
    if (value === null) continue;
    const last = found.at(-1);
    if (last && time - last.end <= step * 1000) last.end = time;
    else found.push({ time, end: time });
  }
  return found;
}
