/** Numbers with their units, written as Grafana writes them. */

const COUNTS = ["", "K", "M", "B", "T", "Q"];
const WORDS = ["", " K", " Mil", " Bil", " Tri", " Quadr"];
const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const METRIC = ["n", "µ", "m", "", "k", "M", "G", "T", "P"];
const METRIC_BASE = 3;

/** @type {Record<string, string>} */
const CURRENCIES = { currencyEUR: "€", currencyUSD: "$", currencyGBP: "£" };

/** @type {Record<string, string>} */
const RATES = { cps: "c/s", ops: "ops/s", reqps: "req/s", rps: "rd/s", wps: "wr/s", iops: "io/s" };

/** @type {Record<string, string>} */
const METRIC_UNITS = { decbytes: "B", Bps: "B/s" };

/** Up to which number of seconds a name is used, and the seconds that it counts. */
const LONG_TIMES = /** @type {[number, number, string][]} */ ([
  [60, 1, "s"],
  [3600, 60, "mins"],
  [86400, 3600, "hours"],
  [604800, 86400, "days"],
  [31536000, 604800, "weeks"],
  [Infinity, 3.15569e7, "years"],
]);

/**
 * Round to so many decimals, or to three figures where no number is given; whole numbers stay whole.
 *
 * @param {number} value
 * @param {number} [decimals]
 */
export function fixed(value, decimals) {
  const digits = decimals ?? figures(value);
  const factor = 10 ** digits;
  return (Math.round(value * factor) / factor).toFixed(digits);
}

/** @param {number} value */
function figures(value) {
  if (Number.isInteger(value)) return 0;
  return Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), 15);
}

/**
 * Divide by a thousand, or 1024, as often as it can be done.
 *
 * @param {number} value
 * @param {number} factor
 * @param {number} most
 */
function scaled(value, factor, most) {
  let [left, times] = [value, 0];
  while (Math.abs(left) >= factor && times < most) [left, times] = [left / factor, times + 1];
  return /** @type {[number, number]} */ ([left, times]);
}

/**
 * Write a value in a unit of Grafana; an unknown unit stands behind the number, as in Grafana.
 *
 * @param {number} value
 * @param {string} [unit]
 * @param {number} [decimals]
 * @returns {string}
 */
export function formatValue(value, unit = "none", decimals = undefined) {
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN";
  if (unit === "none" || unit === "") return fixed(value, decimals);
  if (unit === "locale") return value.toLocaleString(undefined, decimals === undefined ? {} : { maximumFractionDigits: decimals });
  if (unit === "percent") return `${fixed(value, decimals)}%`;
  if (unit === "percentunit") return `${fixed(value * 100, decimals)}%`;
  if (unit === "s") return seconds(value, decimals);
  if (unit === "ms") return milliseconds(value, decimals);
  if (unit in CURRENCIES) return currency(value, CURRENCIES[unit] ?? "", decimals);
  if (unit in METRIC_UNITS) return metric(value, METRIC_UNITS[unit] ?? "", decimals);
  const [number, times] = scaled(value, unit === "bytes" ? 1024 : 1000, COUNTS.length - 1);
  if (unit === "bytes") return `${fixed(number, decimals)} ${BYTES[times]}`;
  if (unit === "short") return `${fixed(number, decimals)}${WORDS[times]}`;
  if (unit in RATES) return `${fixed(number, decimals)}${COUNTS[times]} ${RATES[unit]}`;
  return `${fixed(value, decimals)} ${unit}`;
}

/**
 * @param {number} value
 * @param {number} [decimals]
 */
function seconds(value, decimals) {
  const size = Math.abs(value);
  if (value === 0) return "0 s";
  if (size < 1e-6) return `${fixed(value * 1e9, decimals)} ns`;
  if (size < 1e-3) return `${fixed(value * 1e6, decimals)} µs`;
  if (size < 1) return `${fixed(value * 1e3, decimals)} ms`;
  const [, length, name] = LONG_TIMES.find(([below]) => size < below) ?? [0, 1, "s"];
  return `${fixed(value / length, decimals)} ${name}`;
}

/**
 * @param {number} value
 * @param {number} [decimals]
 */
function milliseconds(value, decimals) {
  if (Math.abs(value) < 1000) return `${fixed(value, decimals)} ms`;
  // Unlike seconds, milliseconds know no weeks in Grafana, and their year has 365 days.
  const size = Math.abs(value) / 1000;
  if (size >= 31536000) return `${fixed(value / 3.1536e10, decimals)} years`;
  if (size >= 86400) return `${fixed(value / 8.64e7, decimals)} days`;
  return seconds(value / 1000, decimals);
}

/**
 * @param {number} value
 * @param {string} symbol
 * @param {number} [decimals]
 */
function currency(value, symbol, decimals) {
  const [number, times] = scaled(Math.abs(value), 1000, 4);
  return `${value < 0 ? "-" : ""}${symbol}${fixed(number, decimals)}${COUNTS[times]}`;
}

/**
 * @param {number} value
 * @param {string} unit
 * @param {number} [decimals]
 */
function metric(value, unit, decimals) {
  if (value === 0) return `${fixed(value, decimals)} ${unit}`;
  const wanted = Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  const power = Math.min(Math.max(wanted, -METRIC_BASE), METRIC.length - METRIC_BASE - 1);
  return `${fixed(value / 1000 ** power, decimals)} ${METRIC[power + METRIC_BASE]}${unit}`;
}

/**
 * Write a value of an axis: as precise as it is, without zeros at the end.
 *
 * @param {number} value
 * @param {string} [unit]
 */
export function formatTick(value, unit) {
  return formatValue(value, unit, 4).replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");
}
