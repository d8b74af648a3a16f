/**
 * The distribution of a histogram over time.
 *
 * @typedef {import("./types.js").Drawing} Drawing
 * @typedef {import("./types.js").Series} Series
 */

import { draw, element, placeIn } from "./charts.mjs";
import { inks, tooltipLook } from "./colours.mjs";
import { timeLabel } from "./time.mjs";
import { formatTick, formatValue } from "./units.mjs";

const SHADES = ["#fff5eb", "#fdd0a2", "#fdae6b", "#f16913", "#d94801", "#8c2d04"];
const DARK_SHADES = ["#4a2511", "#8c2d04", "#d94801", "#f16913", "#fdae6b", "#fee6ce"];

/**
 * Take cumulative buckets apart: the count of each is what it has more than the next smaller one.
 *
 * @param {Series[]} series with the label `le`
 * @returns {{bound: number, counts: (number | null)[]}[]} smallest first
 */
export function buckets(series) {
  const sorted = series
    .map(({ labels, points }) => ({ bound: Number((labels["le"] ?? "").replace("+Inf", "Infinity")), points }))
    .sort((one, other) => one.bound - other.bound);
  return sorted.map(({ bound, points }, index) => ({
    bound,
    counts: points.map(([, value], at) => {
      const below = sorted[index - 1]?.points[at]?.[1] ?? 0;
      return value === null ? null : Math.max(value - below, 0);
    }),
  }));
}

/** @param {Drawing} drawing */
export function drawHeatmap(drawing) {
  const { body, panel, answer, context, range } = drawing;
  const unit = panel.fieldConfig?.defaults.unit;
  const ink = inks(context.dark);
  const rows = buckets(answer.series);
  const times = (answer.series[0]?.points ?? []).map(([time]) => time);
  const cells = rows.flatMap(({ counts }, row) =>
    counts.flatMap((count, column) => (count === null || count <= 1e-9 ? [] : [[column, row, count]])),
  );
  const most = cells.reduce((highest, cell) => Math.max(highest, cell[2] ?? 0), 0);
  const names = rows.map(({ bound }, row) =>
    Number.isFinite(bound) ? formatTick(bound, unit) : `> ${formatTick(rows[row - 1]?.bound ?? 0, unit)}`,
  );
  draw(placeIn(body, "chart"), {
    grid: { left: 6, right: 14, top: 10, bottom: 34, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: times.map((time) => timeLabel(time, range)),
      axisLabel: { color: ink.weak, interval: Math.max(Math.floor(times.length / 6) - 1, 0) },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.line } },
    },
    yAxis: { type: "category", data: names, axisLabel: { color: ink.weak }, axisLine: { show: false }, axisTick: { show: false } },
    visualMap: {
      min: 0,
      max: most || 1,
      calculable: false,
      orient: "horizontal",
      right: 10,
      bottom: 0,
      itemWidth: 10,
      itemHeight: 110,
      text: [formatValue(most, "short"), "0"],
      textStyle: { color: ink.weak },
      inRange: { color: context.dark ? DARK_SHADES : SHADES.slice(1) },
    },
    tooltip: {
      ...tooltipLook(ink),
      formatter: (cell) => {
        const [column, row, count] = /** @type {number[]} */ (/** @type {{value: unknown}} */ (cell).value);
        const box = element("div");
        box.append(element("div", "time", new Date(times[column ?? 0] ?? 0).toLocaleString()));
        box.append(element("div", "", `≤ ${names[row ?? 0]}: ${formatValue(count ?? 0, "short")}`));
        return box;
      },
    },
    series: [{ type: "heatmap", data: cells, progressive: 0 }],
  });
}
