// @ts-check
// Measuring: medians of interleaved runs, and a result file that the README quotes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";

/** @param {readonly number[]} values */
export function median(values) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** A figure for people; a run that failed is shown as none. @param {number} value */
function inDigits(value) {
  if (!Number.isFinite(value)) return "none";
  return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
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
  const shown = inDigits(value);
  process.stdout.write(
    `${name.padEnd(58)} ${shown.padStart(10)} ${unit.padEnd(8)} ${target}${verdict}\n`,
  );
}

/**
 * Write the figures as Markdown beside this file, in the section of that name; other sections of
 * earlier runs stay. The README quotes this file. The next figures are another section's.
 *
 * @param {string} section
 */
export function save(section) {
  const where = new URL("./FIGURES.md", import.meta.url);
  const rows = figures.map(({ name, value, unit, target, isMet, runs }) => {
    const shown = inDigits(value);
    const verdict =
      isMet === null ? "" : isMet ? "met" : `**missed**: needed ${target}, measured ${shown}`;
    return `| ${name} | ${shown} ${unit} | ${target} | ${verdict} | ${runs.length} |`;
  });
  const body = [
    `## ${section}`,
    "",
    `Node ${process.version}, ${cpus().length} CPUs, Linux ${release()}; medians of the runs.`,
    "",
    "| figure | value | to reach | | runs |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
  const before = existsSync(where) ? readFileSync(where, "utf8") : "# Figures\n\n";
  const others = before.split(/(?=^## )/m).filter((part) => !part.startsWith(`## ${section}\n`));
  const sorted = [...others.slice(1), body].map((part) => `${part.trimEnd()}\n\n`).sort();
  writeFileSync(where, `${`${others[0] ?? "# Figures\n\n"}${sorted.join("")}`.trimEnd()}\n`);
  process.stdout.write("written to bench/FIGURES.md\n");
  figures.length = 0;
}
