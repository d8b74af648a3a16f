/**
 * A dashboard's variables: what they offer, what is chosen, and how that is written into a query.
 *
 * @typedef {import("./types.js").Variable} Variable
 * @typedef {import("./types.js").Labels} Labels
 */

export const ALL = "$__all";

const VARIABLE = /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g;

/**
 * Take every character of a value literally, within the quotes of a query.
 *
 * @param {string} value
 */
export function literal(value) {
  return value.replace(/\\/g, "\\\\\\\\").replace(/[$^*{}[\]+?.()|]/g, "\\\\$&").replace(/"/g, '\\"');
}

/**
 * Write the chosen values as a regular expression.
 *
 * @param {string[]} chosen
 * @param {string} every what stands for all of them
 */
export function pattern(chosen, every) {
  if (chosen.length === 0 || chosen.includes(ALL)) return every;
  const [first] = chosen;
  return chosen.length === 1 ? literal(first ?? "") : `(${chosen.map(literal).join("|")})`;
}

/**
 * Put values in the place of variables; an unknown one stays as it is, as in Grafana.
 *
 * @param {string} text a query
 * @param {Variable[]} variables of the dashboard
 * @param {Record<string, string[]>} chosen by name
 * @param {Record<string, string>} own Grafana's own variables
 */
export function interpolate(text, variables, chosen, own) {
  return text.replace(VARIABLE, (whole, braced, format, bare) => {
    const name = braced ?? bare;
    const given = own[name];
    if (given !== undefined) return given;
    const variable = variables.find((each) => each.name === name);
    if (!variable) return whole;
    const values = chosen[name] ?? [ALL];
    if (variable.type === "datasource") return values[0] ?? whole;
    if (format === "pipe" && !values.includes(ALL)) return values.join("|");
    return pattern(values, variable.allValue ?? ".*");
  });
}

/**
 * Read the query of a variable's values.
 *
 * @param {Variable} variable
 * @returns {{selector: string, label: string}}
 */
export function valuesQuery(variable) {
  const text = typeof variable.query === "string" ? variable.query : variable.query.query;
  const found = /^label_values\((.+), *(\w+)\)$/.exec(text);
  if (!found) throw new Error(`variable ${variable.name}: expected label_values(selector, label), got ${text}`);
  return { selector: found[1] ?? "", label: found[2] ?? "" };
}

/**
 * Read the choice from a page's address, `var-NAME=VALUE` as Grafana writes it.
 *
 * @param {URLSearchParams} parameters
 * @param {Variable[]} variables
 * @returns {Record<string, string[]>}
 */
export function chosenIn(parameters, variables) {
  /** @type {Record<string, string[]>} */
  const chosen = {};
  for (const { name, type, current } of variables) {
    const given = parameters.getAll(`var-${name}`);
    const preset = [current?.value ?? []].flat();
    chosen[name] = given.length > 0 ? given : type === "datasource" ? preset : [ALL];
  }
  return chosen;
}

/**
 * Name a series: `{{label}}` replaced, or all labels where no name is given.
 *
 * @param {string} format
 * @param {Labels} labels
 */
export function seriesName(format, labels) {
  if (format) return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? "").trim();
  const { __name__: name = "", ...others } = labels;
  const inner = Object.entries(others).map(([label, value]) => `${label}="${value}"`);
  return inner.length > 0 ? `${name}{${inner.join(", ")}}` : name || "value";
}
