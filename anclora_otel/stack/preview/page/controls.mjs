/**
 * The bar at the top: which dashboard, which values, which time, how often, light or dark.
 *
 * @typedef {import("./types.js").Variable} Variable
 */

import { element } from "./charts.mjs";
import { ALL } from "./variables.mjs";

const RANGES = { "5m": "5 minutes", "15m": "15 minutes", "30m": "30 minutes", "1h": "hour", "3h": "3 hours",
  "6h": "6 hours", "12h": "12 hours", "24h": "24 hours", "2d": "2 days", "7d": "7 days" };
const REFRESHES = ["off", "5s", "10s", "30s", "1m", "5m"];
const THEMES = ["system", "light", "dark"];

/**
 * Make a labelled drop-down.
 *
 * @param {string} name
 * @param {[string, string][]} options value and text
 * @param {string} chosen
 * @param {(value: string) => void} change
 */
function dropDown(name, options, chosen, change) {
  const [label, select] = [element("label", "control"), element("select")];
  label.append(element("span", "", name), select);
  select.name = name;
  select.append(...options.map(([value, text]) => new Option(text, value, false, value === chosen)));
  select.addEventListener("change", () => change(select.value));
  return label;
}

/**
 * Choose the time range.
 *
 * @param {string} from
 * @param {string} to
 * @param {(from: string) => void} change
 */
export function timeControl(from, to, change) {
  const options = /** @type {[string, string][]} */ (
    Object.entries(RANGES).map(([length, words]) => [`now-${length}`, `last ${words}`])
  );
  if (to !== "now" || !options.some(([value]) => value === from)) options.unshift([from, `${moment(from)} to ${moment(to)}`]);
  return dropDown("Time", options, from, change);
}

/** @param {string} text */
function moment(text) {
  return /^\d+$/.test(text) ? new Date(Number(text)).toLocaleString() : text;
}

/**
 * Choose how often the page asks anew.
 *
 * @param {string} chosen
 * @param {(refresh: string) => void} change
 */
export function refreshControl(chosen, change) {
  const offered = REFRESHES.includes(chosen) ? REFRESHES : [...REFRESHES, chosen];
  return dropDown("Refresh", offered.map((each) => [each, each]), chosen, change);
}

/**
 * Choose the theme.
 *
 * @param {string} chosen
 * @param {(theme: string) => void} change
 */
export function themeControl(chosen, change) {
  return dropDown("Theme", THEMES.map((each) => [each, each]), chosen, change);
}

/**
 * Choose a data source; the page knows one of each type.
 *
 * @param {Variable} variable
 * @param {string} address
 * @param {string} chosen
 */
export function sourceControl(variable, address, chosen) {
  return dropDown(variable.label ?? variable.name, [[chosen, address]], chosen, () => {});
}

/**
 * Choose some of a variable's values, or all of them.
 *
 * @param {Variable} variable
 * @param {string[]} offered
 * @param {string[]} chosen
 * @param {(values: string[]) => void} change
 */
export function valuesControl(variable, offered, chosen, change) {
  const [box, summary, list] = [element("details", "control values"), element("summary"), element("div", "offered")];
  const all = chosen.includes(ALL);
  summary.append(element("span", "", variable.label ?? variable.name), element("b", "", all ? "All" : chosen.join(" + ")));
  box.dataset["variable"] = variable.name;
  const entries = [...new Set([...offered, ...chosen.filter((value) => value !== ALL)])].sort();
  const everyBox = tick("All", all, () => change([ALL]));
  const boxes = entries.map((value) =>
    tick(value, chosen.includes(value), (checked) => {
      const kept = chosen.filter((each) => each !== value && each !== ALL);
      const next = checked ? [...(variable.multi ? kept : []), value] : kept;
      change(next.length > 0 ? next : [ALL]);
    }),
  );
  list.append(everyBox, ...boxes);
  box.append(summary, list);
  return box;
}

/**
 * @param {string} text
 * @param {boolean} checked
 * @param {(checked: boolean) => void} change
 */
function tick(text, checked, change) {
  const [label, input] = [element("label"), element("input")];
  input.type = "checkbox";
  input.checked = checked;
  input.addEventListener("change", () => change(input.checked));
  label.append(input, text);
  return label;
}
