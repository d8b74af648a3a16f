/**
 * The colours of Grafana's two themes.
 *
 * @typedef {import("./types.js").Step} Step
 */

const DARK = /** @type {Record<string, string>} */ ({
  green: "#73BF69", orange: "#FF9830", red: "#F2495C", yellow: "#FADE2A", blue: "#5794F2", purple: "#B877D9",
});
const LIGHT = /** @type {Record<string, string>} */ ({
  green: "#56A64B", orange: "#FF780A", red: "#E02F44", yellow: "#F2CC0C", blue: "#3274D9", purple: "#A352CC",
});
const PALETTES = {
  dark: ["#73BF69", "#F2CC0C", "#5794F2", "#FF9830", "#F2495C", "#B877D9",
    "#37872D", "#E0B400", "#1F60C4", "#FA6400", "#C4162A", "#8F3BB8"],
  light: ["#56A64B", "#E0B400", "#3274D9", "#FF780A", "#E02F44", "#A352CC",
    "#19730E", "#CC9D00", "#1250B0", "#E55400", "#AD0317", "#7C2EA3"],
};

/**
 * Give the colour of a name; what is no name is a colour already.
 *
 * @param {string} name
 * @param {boolean} dark
 */
export function colour(name, dark) {
  return (dark ? DARK : LIGHT)[name] ?? name;
}

/**
 * Give the colour of the series at a place.
 *
 * @param {number} index
 * @param {boolean} dark
 * @returns {string}
 */
export function seriesColour(index, dark) {
  const palette = dark ? PALETTES.dark : PALETTES.light;
  return palette[index % palette.length] ?? "gray";
}

/**
 * Give the colour of the threshold that a value has reached.
 *
 * @param {number} value
 * @param {Step[]} steps rising; the first has no value
 * @param {boolean} dark
 */
export function thresholdColour(value, steps, dark) {
  const reached = steps.filter((step) => step.value === null || value >= step.value).at(-1);
  return colour(reached?.color ?? "green", dark);
}

/**
 * Give the colours of lines and words on a chart.
 *
 * @param {boolean} dark
 */
export function inks(dark) {
  return dark
    ? { text: "rgb(204, 204, 220)", weak: "rgba(204, 204, 220, 0.65)", line: "rgba(204, 204, 220, 0.12)", paper: "#181b1f" }
    : { text: "#24292e", weak: "rgba(36, 41, 46, 0.75)", line: "rgba(36, 41, 46, 0.12)", paper: "#ffffff" };
}

/**
 * Give how the box looks that tells what is under the pointer.
 *
 * @param {ReturnType<typeof inks>} ink
 */
export function tooltipLook(ink) {
  return { confine: true, className: "tooltip", backgroundColor: ink.paper, borderColor: ink.line, padding: 8 };
}
