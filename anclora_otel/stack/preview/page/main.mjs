/**
 * The page: reads its address, draws the dashboard that stands in it, and asks anew.
 *
 * The address is written as Grafana writes it: `/d/UID?from=now-1h&to=now&refresh=30s&var-queue=messages`.
 *
 * @typedef {import("./types.js").Context} Context
 * @typedef {import("./types.js").Dashboard} Dashboard
 */

import { element } from "./charts.mjs";
import { refreshControl, sourceControl, themeControl, timeControl, valuesControl } from "./controls.mjs";
import { ask, offeredValues } from "./data.mjs";
import { eventsOf } from "./events.mjs";
import { drawPanel, frameOf } from "./panel.mjs";
import { rangeOf, refreshMilliseconds } from "./time.mjs";
import { showTrace } from "./trace.mjs";
import { chosenIn } from "./variables.mjs";

const SYSTEM_IS_DARK = window.matchMedia("(prefers-color-scheme: dark)");
const parameters = new URLSearchParams(location.search);

let drawings = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} selector */
function place(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

/** @param {unknown} error */
function tell(error) {
  const text = error instanceof Error ? error.message : String(error);
  place("#told").textContent = text;
  place("#told").hidden = text === "";
}

async function start() {
  const [{ dashboards, problems }, sources] = await Promise.all([ask("/api/dashboards"), ask("/api/sources")]);
  const uid = decodeURIComponent(location.pathname.split("/")[2] ?? "") || dashboards[0]?.uid;
  drawDashboardList(dashboards, uid);
  if (problems.length > 0) tell(problems.join("\n"));
  if (!dashboards.some((/** @type {{uid: string}} */ each) => each.uid === uid)) {
    throw new Error(`there is no dashboard ${uid}: choose one above`);
  }
  const dashboard = /** @type {Dashboard} */ (await ask(`/api/dashboards/${encodeURIComponent(uid)}`));
  document.title = `${dashboard.title} (preview)`;
  place("#question").textContent = dashboard.description ?? "";
  const frames = dashboard.panels.map((panel) => ({ panel, frame: frameOf(panel) }));
  place("#grid").replaceChildren(...frames.map(({ frame }) => frame));
  const redraw = () => drawAll(dashboard, frames, sources, redraw).catch(tell);
  SYSTEM_IS_DARK.addEventListener("change", redraw);
  await redraw();
}

/**
 * @param {{uid: string, title: string}[]} dashboards
 * @param {string} uid
 */
function drawDashboardList(dashboards, uid) {
  const links = dashboards.map((dashboard) => {
    const link = element("a", "", dashboard.title.replace(/^Anclora \/ /, ""));
    link.href = `/d/${dashboard.uid}?${parameters}`;
    if (dashboard.uid === uid) link.setAttribute("aria-current", "page");
    return link;
  });
  place("#dashboards").replaceChildren(...links);
}

/**
 * @param {Dashboard} dashboard
 * @param {{panel: import("./types.js").Panel, frame: HTMLElement}[]} frames
 * @param {{prometheus: string, loki: string, grafana: string}} sources
 * @param {() => void} redraw
 */
async function drawAll(dashboard, frames, sources, redraw) {
  const drawing = ++drawings;
  const outdated = () => drawing !== drawings;
  clearTimeout(timer);
  document.body.dataset["drawn"] = "false";
  const dark = isDark();
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  const [from, to] = [parameters.get("from") ?? dashboard.time.from, parameters.get("to") ?? dashboard.time.to];
  const range = rangeOf(from, to, Date.now());
  /** @type {Context} */
  const context = {
    dashboard,
    range,
    dark,
    values: chosenIn(parameters, dashboard.templating.list),
    events: [],
    grafana: sources.grafana,
    showTrace: (traceId) => void showTrace(traceId, range),
  };
  await drawControls(context, sources, from, to, redraw);
  context.events = await eventsOf(context);
  if (outdated()) return;
  tell("");
  const panels = frames.filter(({ panel }) => panel.type !== "row");
  await Promise.all(panels.map(({ panel, frame }) => drawPanel(frame, panel, context, outdated)));
  if (outdated()) return;
  document.body.dataset["drawn"] = "true";
  const pause = refreshMilliseconds(parameters.get("refresh") ?? dashboard.refresh ?? "");
  if (pause > 0) timer = setTimeout(redraw, pause);
}

function isDark() {
  const chosen = parameters.get("theme") ?? localStorage.getItem("theme") ?? "system";
  return chosen === "dark" || (chosen === "system" && SYSTEM_IS_DARK.matches);
}

/**
 * @param {Context} context
 * @param {{prometheus: string, loki: string, grafana: string}} sources
 * @param {string} from
 * @param {string} to
 * @param {() => void} redraw
 */
async function drawControls(context, sources, from, to, redraw) {
  const change = (/** @type {string} */ name, /** @type {string[]} */ values) => {
    parameters.delete(name);
    for (const value of values) parameters.append(name, value);
    history.replaceState(null, "", `${location.pathname}?${parameters}`);
    for (const link of document.querySelectorAll("#dashboards a")) {
      if (link instanceof HTMLAnchorElement) link.search = `?${parameters}`;
    }
    redraw();
  };
  const open = document.querySelector("details.values[open]")?.getAttribute("data-variable");
  const { dashboard, values } = context;
  const made = await Promise.all(
    dashboard.templating.list.map(async (variable) => {
      const chosen = values[variable.name] ?? [];
      if (variable.type === "datasource") {
        const address = /** @type {Record<string, string>} */ ({ ...sources })[String(variable.query)];
        return sourceControl(variable, address ?? "not here", chosen[0] ?? "");
      }
      const offered = await offeredValues(variable, context);
      const control = valuesControl(variable, offered, chosen, (next) => change(`var-${variable.name}`, next));
      control.open = variable.name === open;
      return control;
    }),
  );
  place("#variables").replaceChildren(...made);
  const theme = parameters.get("theme") ?? localStorage.getItem("theme") ?? "system";
  place("#times").replaceChildren(
    timeControl(from, to, (next) => (parameters.delete("to"), change("from", [next]))),
    refreshControl(parameters.get("refresh") ?? dashboard.refresh ?? "off", (next) => change("refresh", [next])),
    themeControl(theme, (next) => (localStorage.setItem("theme", next), parameters.delete("theme"), redraw())),
  );
}

place("#trace form").addEventListener("submit", () => /** @type {HTMLDialogElement} */ (place("#trace")).close());
start().catch(tell);
