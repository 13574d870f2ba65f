// @ts-check
// Measuring: medians of interleaved runs, and a result file that the README quotes.
import { mkdirSync, writeFileSync } from "node:fs";

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? /** @type {number} */ (sorted[middle])
    : (/** @type {number} */ (sorted[middle - 1]) + /** @type {number} */ (sorted[middle])) / 2;
}

/** @typedef {{ name: string, value: number, unit: string, target: string, isMet: boolean | null, runs: readonly number[] }} Figure */

/** @type {Figure[]} */
const figures = [];

/**
 * Note and print a figure.
 *
 * @param {string} name @param {readonly number[]} runs @param {string} unit
 * @param {string} target in words @param {((value: number) => boolean) | null} isMet
 */
export function figure(name, runs, unit, target, isMet) {
  const value = median(runs);
  const met = isMet === null ? null : isMet(value);
  figures.push({ name, value, unit, target, isMet: met, runs });
  const verdict = met === null ? "" : met ? "  met" : "  MISSED";
  const shown = value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
  process.stdout.write(`${name.padEnd(58)} ${shown.padStart(10)} ${unit.padEnd(8)} ${target}${verdict}\n`);
}

/** @param {string} file */
export function save(file) {
  mkdirSync(new URL("./results/", import.meta.url), { recursive: true });
  const where = new URL(`./results/${file}`, import.meta.url);
  writeFileSync(where, `${JSON.stringify({ node: process.version, figures }, null, 2)}\n`);
  process.stdout.write(`written to bench/results/${file}\n`);
}
