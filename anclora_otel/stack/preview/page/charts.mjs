/**
 * Charts of ECharts that follow the size of their place and the theme.
 *
 * @typedef {import("/charts/echarts.mjs").EChartsOption} Option
 */

import * as echarts from "/charts/echarts.mjs";

/** @type {WeakMap<HTMLElement, import("/charts/echarts.mjs").ECharts>} */
const CHARTS = new WeakMap();

const resizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = target instanceof HTMLElement ? CHARTS.get(target) : undefined;
    if (chart && target.clientWidth > 0) chart.resize();
  }
});

/**
 * Draw a chart into a place, in which one may stand already.
 *
 * @param {HTMLElement} place
 * @param {Option} option
 * @returns {import("/charts/echarts.mjs").ECharts}
 */
export function draw(place, option) {
  let chart = CHARTS.get(place);
  if (!chart || chart.isDisposed()) {
    chart = echarts.init(place, null, { renderer: "canvas" });
    CHARTS.set(place, chart);
    resizes.observe(place);
  }
  chart.setOption({ animation: false, ...option }, { notMerge: true });
  return chart;
}

/**
 * Make a place for a chart, or give the one that is there, so that a refresh does not flicker.
 *
 * @param {HTMLElement} body
 * @param {string} name
 * @returns {HTMLElement}
 */
export function placeIn(body, name) {
  const found = body.querySelector(`:scope > .${name}`);
  if (found instanceof HTMLElement) return found;
  const place = element("div", name);
  body.replaceChildren(place);
  return place;
}

/**
 * Make an element with a class and a text.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [name] its class
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}
