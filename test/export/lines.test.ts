import { expect, test } from "vitest";
import { endpointLine, findingLine } from "../../src/export/lines.ts";
import { s } from "./synthetic-endpoint.ts";
import { INCIDENT_FINDINGS } from "./synthetic-findings.ts";
import { gracefulPair, INCIDENT_END, incident } from "./synthetic-incident.ts";
import { headerOf, reportOf, viewOf } from "./synthetic-trace.ts";

const header = headerOf();

test("a teardown's line is the report's endpoint with its type, and ends in one line feed", () => {
  const trace = { endpoints: gracefulPair() };
  const lines = gracefulPair().map((e) => endpointLine(e, viewOf(trace, s(20)), header));
  const expected = [...reportOf(trace, s(20)).endpoints].map((e) => ({ type: "teardown", ...e }));
  expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
  expect(lines.map((line) => line.indexOf("\n") === line.length - 1)).toEqual([true, true]);
});

test("a finding's line carries its advice", () => {
  const view = viewOf(incident(), INCIDENT_END);
  const lines = INCIDENT_FINDINGS.map((f) => findingLine(f, view, header, () => [{ text: "do" }]));
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({
    type: "finding",
    kind: "repeated-fin-retransmit",
    advice: [{ text: "do" }],
  });
});
