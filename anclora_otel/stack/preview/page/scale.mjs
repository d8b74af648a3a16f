/** Where an axis begins and ends, and how far its lines are apart. */

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/**
 * Choose the distance of an axis's lines: numbers that read well in the unit.
 *
 * @param {number} wanted the least distance
 * @param {string} unit of Grafana
 */
export function niceStep(wanted, unit) {
  if (unit === "bytes" && wanted > 1) return 2 ** Math.ceil(Math.log2(wanted) - 1e-9);
  if (unit === "s" && wanted > 1 && wanted <= 43200) return TIMES.find((time) => time >= wanted) ?? wanted;
  if (unit === "s" && wanted > 43200) return Math.ceil(wanted / 86400) * 86400;
  const power = 10 ** Math.floor(Math.log10(wanted) + 1e-9);
  const factor = [1, 2, 5, 10].find((each) => each * power >= wanted * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/**
 * Choose the ends of an axis and the distance of its lines.
 *
 * @param {number} low the least value
 * @param {number} high the greatest value
 * @param {string} unit of Grafana
 * @param {{min?: number | undefined, max?: number | undefined, lines?: number}} [given] ends that are given
 * @returns {{min: number, max: number, interval: number}}
 */
export function scale(low, high, unit, given = {}) {
  const bottom = given.min ?? low;
  let top = given.max ?? high;
  if (!(top > bottom)) top = bottom + (bottom === 0 ? 1 : Math.abs(bottom) * 0.1);
  const interval = niceStep((top - bottom) / (given.lines ?? 5), unit);
  return {
    min: given.min ?? Math.floor(bottom / interval + 1e-9) * interval,
    max: given.max ?? Math.ceil(top / interval - 1e-9) * interval,
    interval,
  };
}
