/**
 * A panel: its frame, what it asks for, and how its state is told.
 *
 * @typedef {import("./types.js").Context} Context
 * @typedef {import("./types.js").Drawing} Drawing
 * @typedef {import("./types.js").Panel} Panel
 */

import { element } from "./charts.mjs";
import { panelAnswer, rangeOfPanel } from "./data.mjs";
import { drawHeatmap } from "./heatmap.mjs";
import { drawLogs, drawTable } from "./lists.mjs";
import { drawBarGauge, drawGauge, drawStat, lastValues } from "./single.mjs";
import { windows } from "./time.mjs";
import { drawTimeSeries } from "./timeseries.mjs";
import { interpolate } from "./variables.mjs";

/** @type {Record<string, (drawing: Drawing) => void>} */
const DRAWINGS = {
  timeseries: drawTimeSeries,
  stat: drawStat,
  gauge: drawGauge,
  bargauge: drawBarGauge,
  heatmap: drawHeatmap,
  table: drawTable,
  logs: drawLogs,
};

/**
 * Make the frame of a panel, or the heading of a row, at its place in Grafana's grid.
 *
 * @param {Panel} panel
 * @returns {HTMLElement}
 */
export function frameOf(panel) {
  const { x, y, w, h } = panel.gridPos;
  const frame = element("section", panel.type === "row" ? "row-heading" : "panel");
  frame.style.gridColumn = `${x + 1} / span ${w}`;
  frame.style.gridRow = `${y + 1} / span ${h}`;
  if (panel.type === "row") {
    frame.append(element("h2", "", panel.title));
    return frame;
  }
  frame.dataset["panel"] = String(panel.id);
  frame.dataset["title"] = panel.title;
  frame.dataset["state"] = "loading";
  const head = element("header");
  const title = element("h3", "", panel.title);
  title.title = panel.description ?? "";
  head.append(title, element("nav", "links"));
  frame.append(head, element("div", "body"));
  return frame;
}

/**
 * Ask for a panel's data and draw it; whatever goes wrong is told in the panel.
 *
 * @param {HTMLElement} frame
 * @param {Panel} panel
 * @param {Context} context
 * @param {() => boolean} outdated whether a later drawing has begun
 */
export async function drawPanel(frame, panel, context, outdated) {
  const body = /** @type {HTMLElement} */ (frame.querySelector(":scope > .body"));
  drawLinks(frame, panel, context);
  const drawing = DRAWINGS[panel.type];
  if (!drawing) {
    tell(frame, "unknown", `A panel of the type ${panel.type} is not drawn here: look at it in Grafana.`);
    return;
  }
  try {
    const answer = await panelAnswer(panel, context, Math.max(frame.clientWidth, 100) / 2);
    if (outdated()) return;
    if (lastValues(answer.series).length === 0 && answer.lines.length === 0) {
      tell(frame, "empty", "No data");
      return;
    }
    drawing({ panel, answer, body, context, range: rangeOfPanel(panel, context) });
    frame.dataset["state"] = "drawn";
  } catch (error) {
    if (!outdated()) tell(frame, "error", error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {HTMLElement} frame
 * @param {"empty" | "error" | "unknown"} state
 * @param {string} text
 */
function tell(frame, state, text) {
  frame.dataset["state"] = state;
  frame.querySelector(":scope > .body")?.replaceChildren(element("p", "told", text));
}

/**
 * Link to the panel in Grafana and to what it links to, where a Grafana is known.
 *
 * @param {HTMLElement} frame
 * @param {Panel} panel
 * @param {Context} context
 */
function drawLinks(frame, panel, context) {
  const { grafana, dashboard, range, values } = context;
  if (!grafana) return;
  const own = new URLSearchParams({ viewPanel: String(panel.id), from: String(range.from), to: String(range.to) });
  for (const [name, chosen] of Object.entries(values)) {
    for (const value of chosen) own.append(`var-${name}`, value);
  }
  const links = [{ title: "Grafana", url: `/d/${dashboard.uid}?${own}` }, ...(panel.fieldConfig?.defaults.links ?? [])];
  const made = links.map(({ title, url }) => {
    const link = element("a", "", title);
    link.href = grafana + interpolate(url, dashboard.templating.list, values, windows(range, 15));
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  });
  frame.querySelector("nav.links")?.replaceChildren(...made);
}
