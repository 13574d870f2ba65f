import { expect, test } from "vitest";
import { FORMATS } from "../../src/export/index.ts";
import { s } from "./synthetic-endpoint.ts";
import { gracefulPair, INCIDENT_END, incident } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

/** The synthetic traces that every format is held against; `.golden` keeps the formatter away. */
const TRACES = [
  ["incident", () => reportOf(incident(), INCIDENT_END)],
  ["graceful-pair", () => reportOf({ endpoints: gracefulPair() }, s(20))],
  ["empty", () => reportOf({ endpoints: [] }, s(20))],
] as const;

for (const format of FORMATS) {
  test.each(TRACES)(`${format.name}: %s`, async (name, report) => {
    const document = [...format.render(report())].join("");
    await expect(document).toMatchFileSnapshot(`golden/${name}.${format.name}.golden`);
  });
}

test("no format changes the report: each renders the same twice", () => {
  const report = reportOf(incident(), INCIDENT_END);
  for (const format of FORMATS) {
    expect([...format.render(report)].join("")).toBe([...format.render(report)].join(""));
  }
});
