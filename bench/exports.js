// @ts-check
// Peak memory of every export of 100,000 endpoints, against reading them alone: `npm run bench`.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, median, save } from "./measure.js";
import { writeRecording } from "./traffic.js";

/** The built program; by URL, so that types can be checked before it is built. @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);

const ENDPOINTS = Number(process.env.BENCH_ENDPOINTS ?? 100_000);
const EVENTS_EACH = 7;
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const OWN = new URL(import.meta.url).pathname;

/**
 * What one command took: the kernel's account of its largest resident set.
 *
 * @param {readonly string[]} args @param {string} output
 * @returns {{ maxRssMb: number }}
 */
function measured(args, output) {
  const out = openSync(output, "w", 0o600);
  const { stderr, status } = spawnSync(process.execPath, [OWN, ...args], {
    stdio: ["ignore", out, "pipe"],
    encoding: "utf8",
  });
  closeSync(out);
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
  if (args.length > 1 && statSync(output).size === 0) throw new Error(`${args[1]} wrote nothing`);
  return JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
}

/** Run the command line, or only read where no format is named, and tell what it took. @param {string[]} args */
async function child([file = "", format]) {
  if (format === undefined) {
    const { readTrace } = await built("session/read-trace.js");
    await readTrace(file, { trace: { maxEnded: 5_000_000 } });
  } else {
    const { main } = await built("cli/main.js");
    process.exitCode = await main(["report", file, "--format", format]);
  }
  const maxRssMb = process.resourceUsage().maxRSS / 1024;
  process.stderr.write(`${JSON.stringify({ maxRssMb })}\n`);
}

/** @param {string} directory */
async function all(directory) {
  const { FORMATS } = await built("export/index.js");
  const file = join(directory, "many.ndjson");
  const output = join(directory, "report");
  await writeRecording(file, ENDPOINTS * EVENTS_EACH, 20_000);
  const count = ENDPOINTS.toLocaleString("en");
  const reading = Array.from({ length: RUNS }, () => measured([file], output));
  const alone = median(reading.map(({ maxRssMb }) => maxRssMb));
  figure(`peak memory of reading ${count} endpoints`, [alone], "MB", "", null);
  for (const { name } of FORMATS) {
    const runs = Array.from({ length: RUNS }, () => measured([file, name], output));
    figure(
      `peak memory of report --format ${name}, by that of reading`,
      runs.map(({ maxRssMb }) => maxRssMb / alone),
      "",
      "at most 1.2",
      (v) => v <= 1.2,
    );
  }
}

const args = process.argv.slice(2);
if (args.length > 0) await child(args);
else {
  const directory = mkdtempSync(join(tmpdir(), "lastack-exports-"));
  try {
    await all(directory);
    save("Exports");
  } finally {
    rmSync(directory, { recursive: true });
  }
}
