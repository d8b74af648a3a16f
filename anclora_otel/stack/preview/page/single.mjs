/**
 * Panels of one value a series: stat, gauge and bar gauge.
 *
 * @typedef {import("./types.js").Drawing} Drawing
 * @typedef {import("./types.js").Series} Series
 */

import { draw, element, placeIn } from "./charts.mjs";
import { colour, inks, thresholdColour } from "./colours.mjs";
import { scale } from "./scale.mjs";
import { formatValue } from "./units.mjs";

/**
 * Give each series with its last value; those that have none are left out.
 *
 * @param {Series[]} series
 * @returns {(Series & {last: number})[]}
 */
export function lastValues(series) {
  return series.flatMap((each) => {
    const last = each.points.findLast(([, value]) => value !== null && !Number.isNaN(value))?.[1];
    return last === undefined || last === null ? [] : [{ ...each, last }];
  });
}

/** @param {Drawing} drawing */
export function drawStat({ body, panel, answer, context }) {
  const defaults = panel.fieldConfig?.defaults ?? {};
  const values = lastValues(answer.series);
  const boxes = values.map((each) => {
    const ink = thresholdColour(each.last, defaults.thresholds?.steps ?? [], context.dark);
    const box = element("div", "stat");
    if (values.length > 1) box.append(element("div", "name", each.name));
    const number = element("div", "value", formatValue(each.last, defaults.unit, defaults.decimals));
    number.style.color = ink;
    box.append(number);
    return { box, ink, points: each.points };
  });
  const place = element("div", "stats");
  place.append(...boxes.map(({ box }) => box));
  body.replaceChildren(place);
  for (const { box, ink, points } of boxes.filter((each) => known(each.points) > 1)) {
    const chart = element("div", "sparkline");
    box.append(chart);
    draw(chart, sparkline(points, ink));
  }
}

/** @param {import("./types.js").Point[]} points */
function known(points) {
  return points.filter(([, value]) => value !== null).length;
}

/**
 * @param {import("./types.js").Point[]} points
 * @param {string} ink
 * @returns {import("./charts.mjs").Option}
 */
function sparkline(points, ink) {
  return {
    grid: { left: 0, right: 0, top: 2, bottom: 0 },
    xAxis: { type: "time", show: false },
    yAxis: { type: "value", show: false, scale: true },
    series: [
      { type: "line", data: points, silent: true, connectNulls: true, showSymbol: false, color: ink, lineStyle: { width: 1 }, areaStyle: { opacity: 0.2 } },
    ],
  };
}

/** @param {Drawing} drawing */
export function drawGauge({ body, panel, answer, context }) {
  const defaults = panel.fieldConfig?.defaults ?? {};
  const steps = defaults.thresholds?.steps ?? [];
  const ink = inks(context.dark);
  const [low, high] = [defaults.min ?? 0, defaults.max ?? 100];
  const bands = /** @type {[number, string][]} */ (
    steps.map(({ color }, index) => {
      const end = steps[index + 1]?.value ?? high;
      return [Math.min(Math.max((end - low) / (high - low), 0), 1), colour(color, context.dark)];
    })
  );
  const values = lastValues(answer.series);
  const place = placeIn(body, "chart");
  const width = 100 / values.length;
  /** @type {import("/charts/echarts.mjs").GaugeSeriesOption} */
  const shape = { type: "gauge", startAngle: 205, endAngle: -25, min: low, max: high, splitLine: { show: false }, axisTick: { show: false }, axisLabel: { show: false }, pointer: { show: false } };
  draw(place, {
    series: values.flatMap((each, index) => {
      const reached = thresholdColour(each.last, steps, context.dark);
      const center = [`${width * (index + 0.5)}%`, "58%"];
      const radius = `${Math.min(88, width * 1.2)}%`;
      return [
        { ...shape, center, radius, axisLine: { lineStyle: { width: 4, color: bands } }, data: [] },
        {
          ...shape,
          center,
          radius: `${Math.min(88, width * 1.2) - 8}%`,
          axisLine: { lineStyle: { width: 22, color: [[1, ink.line]] } },
          progress: { show: true, width: 22, itemStyle: { color: reached } },
          detail: { formatter: (value) => formatValue(value, defaults.unit, defaults.decimals), color: reached, fontSize: 26, offsetCenter: [0, "0%"] },
          title: { color: ink.text, fontSize: 12, offsetCenter: [0, "58%"] },
          data: [{ value: each.last, name: each.name }],
        },
      ];
    }),
  });
}

/** @param {Drawing} drawing */
export function drawBarGauge({ body, panel, answer, context }) {
  const defaults = panel.fieldConfig?.defaults ?? {};
  const ink = inks(context.dark);
  const values = lastValues(answer.series);
  const highest = values.reduce((most, each) => Math.max(most, each.last), 0);
  const axis = scale(0, highest, defaults.unit ?? "none", { min: defaults.min ?? 0, max: defaults.max });
  draw(placeIn(body, "chart"), {
    grid: { left: 4, right: 64, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "value", show: false, min: axis.min, max: highest || axis.max },
    yAxis: {
      type: "category",
      inverse: true,
      data: values.map((each) => each.name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: ink.text, width: 130, overflow: "truncate" },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 28,
        barCategoryGap: "25%",
        showBackground: true,
        backgroundStyle: { color: ink.line },
        silent: true,
        label: {
          show: true,
          position: "right",
          color: ink.text,
          fontWeight: "bold",
          formatter: ({ value }) => formatValue(Number(value), defaults.unit, defaults.decimals),
        },
        data: values.map((each) => ({
          value: each.last,
          itemStyle: { color: thresholdColour(each.last, defaults.thresholds?.steps ?? [], context.dark) },
          label: { offset: [0, 0] },
        })),
      },
    ],
  });
}
