/**
 * Panels of words: table and log lines.
 *
 * @typedef {import("./types.js").Drawing} Drawing
 * @typedef {import("./types.js").Panel} Panel
 * @typedef {import("./types.js").Series} Series
 */

import { element } from "./charts.mjs";
import { clock } from "./time.mjs";
import { formatValue } from "./units.mjs";

/**
 * Give the rows of a table, its columns named and left out as the panel says.
 *
 * @param {Panel} panel
 * @param {Series[]} series of one point each
 * @returns {{columns: string[], rows: string[][]}}
 */
export function tableOf(panel, series) {
  const { unit, decimals } = panel.fieldConfig?.defaults ?? {};
  const labels = [...new Set(series.flatMap((each) => Object.keys(each.labels)))].sort();
  const fields = ["Time", ...labels, "Value"];
  const { excludeByName = {}, renameByName = {}, indexByName = {} } = organizing(panel);
  const shown = fields
    .filter((field) => !excludeByName[field])
    .sort((one, other) => (indexByName[one] ?? fields.indexOf(one)) - (indexByName[other] ?? fields.indexOf(other)));
  const rows = series.map((each) => {
    const [time, value] = each.points.at(-1) ?? [0, null];
    const own = { Time: new Date(time).toLocaleString(), Value: value === null ? "" : formatValue(value, unit, decimals) };
    const cells = /** @type {Record<string, string>} */ ({ ...each.labels, ...own });
    return shown.map((field) => cells[field] ?? "");
  });
  return { columns: shown.map((field) => renameByName[field] || field), rows };
}

/** @param {Panel} panel */
function organizing(panel) {
  const unknown = (panel.transformations ?? []).find((each) => each.id !== "organize");
  if (unknown) throw new Error(`the transformation ${unknown.id} is not drawn here: look at it in Grafana`);
  return panel.transformations?.[0]?.options ?? {};
}

/** @param {Drawing} drawing */
export function drawTable({ body, panel, answer }) {
  const { columns, rows } = tableOf(panel, answer.series);
  const head = element("tr");
  head.append(...columns.map((column) => element("th", "", column)));
  const lines = rows.map((cells) => {
    const row = element("tr");
    row.append(...cells.map((cell) => element("td", "", cell)));
    return row;
  });
  const [table, top, rest] = [element("table"), element("thead"), element("tbody")];
  top.append(head);
  rest.append(...lines);
  table.append(top, rest);
  const place = element("div", "scrolled");
  place.append(table);
  body.replaceChildren(place);
}

/** @param {Drawing} drawing */
export function drawLogs({ body, answer, context }) {
  const open = new Set([...body.querySelectorAll("details[open]")].map((each) => each.getAttribute("data-line")));
  const place = element("div", "scrolled lines");
  for (const line of answer.lines) {
    const [entry, summary] = [element("details", "line"), element("summary")];
    const key = `${line.time} ${line.text}`;
    entry.dataset["line"] = key;
    entry.open = open.has(key);
    const level = element("span", "level", line.level || "-");
    level.dataset["level"] = line.level;
    summary.append(element("time", "", clock(line.time)));
    summary.append(level, element("span", "text", line.text));
    entry.append(summary, labelsOf(line.labels, context.showTrace));
    place.append(entry);
  }
  body.replaceChildren(place);
}

/**
 * @param {Record<string, string>} labels
 * @param {(traceId: string) => void} showTrace
 */
function labelsOf(labels, showTrace) {
  const list = element("dl");
  for (const [label, value] of Object.entries(labels).sort()) {
    const worth = element("dd", "", value);
    if (label === "trace_id") {
      const button = element("button", "link", value);
      button.type = "button";
      button.addEventListener("click", () => showTrace(value));
      worth.replaceChildren(button);
    }
    list.append(element("dt", "", label), worth);
  }
  return list;
}
