import { expect, test } from "vitest";
import { columnsOf } from "../../src/export/columns.ts";
import { text } from "../../src/export/text.ts";
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
