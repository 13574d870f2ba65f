import { expect, test } from "vitest";
import { columnsOf } from "../../src/export/columns.ts";
import { text } from "../../src/export/text.ts";
import { s } from "./synthetic-endpoint.ts";
import { gracefulPair, INCIDENT_END, incident } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

const textOf = (...args: Parameters<typeof reportOf>) =>
  [...text.render(reportOf(...args))].join("");

test("an incident: what is missing, what was found, ladders, counts", async () => {
  await expect(textOf(incident(), INCIDENT_END)).toMatchFileSnapshot("golden/incident.txt");
});

test("one graceful close, both ends on this host", async () => {
  const report = textOf({ endpoints: gracefulPair() }, s(20));
  await expect(report).toMatchFileSnapshot("golden/graceful-pair.txt");
});

test("nothing happened", async () => {
  await expect(textOf({ endpoints: [] }, s(20))).toMatchFileSnapshot("golden/empty.txt");
});

test("no line is wider than 80 columns", () => {
  const lines = textOf(incident(), INCIDENT_END).split("\n");
  expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
});

test("completeness stands before the findings", () => {
  const report = textOf(incident(), INCIDENT_END);
  expect(report.indexOf("Incomplete: ")).toBeGreaterThan(0);
  expect(report.indexOf("Incomplete: ")).toBeLessThan(report.indexOf("FINDINGS"));
});
