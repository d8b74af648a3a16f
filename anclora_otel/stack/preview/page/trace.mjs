/** What is known here of a trace: its log lines, and the command that shows its spans. */

import { element } from "./charts.mjs";
import { logLines } from "./data.mjs";
import { clock } from "./time.mjs";

const HOUR = 3_600_000;

/**
 * Show the log lines of a trace.
 *
 * @param {string} traceId
 * @param {import("./types.js").Range} range of the dashboard
 */
export async function showTrace(traceId, range) {
  if (!/^[0-9a-f]{32}$/.test(traceId)) return;
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("#trace"));
  const lines = element("div", "lines", "asking Loki …");
  const command = element("p", "", "Its spans are shown by ");
  command.append(element("code", "", `anclora-otel trace ${traceId}`));
  dialog.querySelector(".content")?.replaceChildren(element("h2", "", `Trace ${traceId}`), command, lines);
  dialog.showModal();
  try {
    const query = `{service_name=~".+"} | trace_id=\`${traceId}\``;
    const found = await logLines(query, { from: range.from - HOUR, to: range.to + HOUR });
    const entries = found.reverse().map((line) => {
      const entry = element("div", "line");
      entry.append(element("time", "", clock(line.time)));
      entry.append(element("span", "service", line.labels["service_name"] ?? ""), element("span", "text", line.text));
      return entry;
    });
    lines.replaceChildren(...(entries.length > 0 ? entries : ["No log line has this trace id."]));
  } catch (error) {
    lines.textContent = error instanceof Error ? error.message : String(error);
  }
}
