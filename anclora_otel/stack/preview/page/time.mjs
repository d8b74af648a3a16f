/**
 * Time ranges and steps, written and rounded as Grafana does.
 *
 * @typedef {import("./types.js").Range} Range
 */

const SECONDS = /** @type {Record<string, number>} */ ({ s: 1, m: 60, h: 3600, d: 86400, w: 604800 });

/** The export interval, which is what `timeInterval` of the data source says in Grafana. */
export const EXPORT_SECONDS = 15;

const STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800,
];

/**
 * Read a time such as `now`, `now-6h`, `now/d` or milliseconds since 1970.
 *
 * @param {string} text
 * @param {number} now in milliseconds
 * @returns {number} milliseconds
 */
export function instant(text, now) {
  if (/^\d{10,}$/.test(text)) return Number(text);
  const found = /^now(?:-(\d+)([smhdw]))?(?:\/([mhd]))?$/.exec(text);
  if (!found) throw new Error(`${text} is no time: expected now, now-6h, now/d or milliseconds`);
  const [, amount, unit, rounded] = found;
  const moment = new Date(now - (amount && unit ? Number(amount) * (SECONDS[unit] ?? 0) * 1000 : 0));
  if (rounded === "d") moment.setHours(0, 0, 0, 0);
  if (rounded === "h") moment.setMinutes(0, 0, 0);
  if (rounded === "m") moment.setSeconds(0, 0);
  return moment.getTime();
}

/**
 * Read the two ends of a time range.
 *
 * @param {string} from
 * @param {string} to
 * @param {number} now in milliseconds
 * @returns {Range}
 */
export function rangeOf(from, to, now) {
  const range = { from: instant(from, now), to: instant(to, now) };
  // A panel of today has no past in the first second of the day.
  if (from.endsWith("/d") && range.from >= range.to) range.from = range.to - 1000;
  if (range.from >= range.to) throw new Error(`the time range ends before it starts: ${from} to ${to}`);
  return range;
}

/**
 * Give the seconds between two points.
 *
 * @param {Range} range
 * @param {number} points how many fit beside each other
 */
export function stepSeconds(range, points) {
  const wanted = (range.to - range.from) / 1000 / Math.max(points, 1);
  const nearest = STEPS.reduce((best, step) => (Math.abs(step - wanted) < Math.abs(best - wanted) ? step : best));
  return Math.max(nearest, EXPORT_SECONDS);
}

/**
 * Give the values of Grafana's own variables.
 *
 * @param {Range} range
 * @param {number} step in seconds
 * @returns {Record<string, string>}
 */
export function windows(range, step) {
  const seconds = Math.max(Math.round((range.to - range.from) / 1000), 1);
  return {
    __interval: `${step}s`,
    __rate_interval: `${Math.max(step + EXPORT_SECONDS, 4 * EXPORT_SECONDS)}s`,
    __range: `${seconds}s`,
    __auto: `${step}s`,
    __from: String(range.from),
    __to: String(range.to),
  };
}

/**
 * Read a refresh interval such as `30s`; 0 is none.
 *
 * @param {string} text
 * @returns {number} milliseconds
 */
export function refreshMilliseconds(text) {
  const found = /^(\d+)([smh])$/.exec(text);
  return found ? Number(found[1]) * (SECONDS[found[2] ?? ""] ?? 0) * 1000 : 0;
}

/**
 * Write the time of day, with the date where the range is longer than a day.
 *
 * @param {number} milliseconds
 * @param {Range} range
 */
export function timeLabel(milliseconds, range) {
  const moment = new Date(milliseconds);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  const length = range.to - range.from;
  if (length > 86_400_000) return `${two(moment.getMonth() + 1)}/${two(moment.getDate())} ${time}`;
  return length <= 600_000 ? `${time}:${two(moment.getSeconds())}` : time;
}

/**
 * Write the time of day to the millisecond.
 *
 * @param {number} milliseconds
 */
export function clock(milliseconds) {
  const moment = new Date(milliseconds);
  const parts = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${parts.join(":")}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}
