import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { columnsOf, wrap } from "../../src/export/columns.ts";
import { buildReport } from "../../src/export/report.ts";
import { text } from "../../src/export/text.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { INCIDENT_END, incident } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

const textOf = (...args: Parameters<typeof reportOf>) =>
  [...text.render(reportOf(...args))].join("");

test("no line is wider than 80 columns", () => {
  const lines = textOf(incident(), INCIDENT_END).split("\n");
  expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
});

test("completeness stands before the findings", () => {
  const report = textOf(incident(), INCIDENT_END);
  expect(report.indexOf("Incomplete: ")).toBeGreaterThan(0);
  expect(report.indexOf("Incomplete: ")).toBeLessThan(report.indexOf("FINDINGS"));
});

test("the README shows what the report of the bundled recording says", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, shown = ""] = /```text\n(e\d+ [\s\S]*?)```/.exec(readme) ?? [];
  const read = await readTrace(
    fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url)),
  );
  const document = [...text.render(buildReport(read.trace, read))].join("");
  // The ends' names stand between the sentence and the ladder.
  const [sentence = "", ladder = ""] = shown.split("\n\n");
  const from = document.indexOf(sentence);
  expect(from).toBeGreaterThan(0);
  expect(document.slice(from).split("\n\n")[2]).toBe(ladder.trimEnd());
});

test("a duration is not torn apart at the end of a line", () => {
  expect(wrap("it gave up after 1 min 2 s, or 61 ms later", 20)).toEqual([
    "it gave up after",
    "1 min 2 s, or 61 ms",
    "later",
  ]);
});
