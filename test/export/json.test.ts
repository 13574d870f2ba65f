import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { json } from "../../src/export/json.ts";
import type { Report } from "../../src/export/report.ts";
import { endpointOf, s } from "./synthetic-endpoint.ts";
import { INCIDENT_END, incident } from "./synthetic-incident.ts";
import { headerOf, reportOf } from "./synthetic-trace.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../src/export/report.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv.default({ strict: true, allErrors: true }).compile(schema);

const parsed = (report: Report) => JSON.parse([...json.render(report)].join(""));

test.each([
  ["an incident", () => reportOf(incident(), INCIDENT_END)],
  ["an empty trace", () => reportOf({ endpoints: [] }, 0)],
  [
    "a recording that was not closed",
    () => reportOf(incident(), INCIDENT_END, { footer: null, closedCleanly: false }),
  ],
])("%s is valid by the shipped schema", (_, report) => {
  validate(parsed(report()));
  expect(validate.errors).toBeNull();
});

/** Every change must make the schema refuse: a schema that lets all pass tests nothing. */
test.each<[string, (document: ReturnType<typeof parsed>) => void]>([
  ["another schema number", (d) => (d.schema = 2)],
  ["a field too many", (d) => (d.endpoints[0].colour = "red")],
  ["a field too few", (d) => delete d.endpoints[0].lostWave],
  ["a state with its prefix", (d) => (d.endpoints[0].state = "TCP_CLOSE")],
  ["an unknown verdict", (d) => (d.endpoints[0].verdict = "fine")],
  ["no verdict", (d) => (d.endpoints[0].verdict = null)],
  ["a time in milliseconds", (d) => (d.endpoints[0].phases[0].from = "2026-11-21T05:00:01.123Z")],
  ["a time of no zone", (d) => (d.recording.startedAt = "2026-11-21T05:00:01.123456")],
  ["a fifth wave", (d) => (d.endpoints[0].waves[0].n = 5)],
  ["a negative count", (d) => (d.recording.ledger.lost = -1)],
  ["a count beyond 2^53", (d) => (d.endpoints[0].bytesSent = 2 ** 53)],
  ["an unknown finding", (d) => (d.findings[0].kind = "slow")],
  ["a finding without advice", (d) => delete d.findings[0].advice],
  ["a phase of no state", (d) => (d.summary.phaseMs.CLOSED = d.summary.phaseMs.TIME_WAIT)],
])("the schema refuses %s", (_, change) => {
  const document = parsed(reportOf(incident(), INCIDENT_END));
  change(document);
  expect(validate(document)).toBe(false);
});

test("a name comes back as it was and shows no control character", () => {
  const comm = "\u001b[2J\u009b\u202e{red-fg}\u{e0041}\u2028 ü";
  const endpoint = endpointOf("e1", {
    owner: { pid: 1, comm, source: "accept", confidence: "likely" },
  });
  const report = reportOf({ endpoints: [endpoint] }, s(1), {
    header: headerOf({ hostname: comm }),
  });
  const document = [...json.render(report)].join("");
  expect(document).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
  expect(JSON.parse(document).endpoints[0].owner.comm).toBe(comm);
  expect(JSON.parse(document).recording.hostname).toBe(comm);
});

test("endpoints are put in form while they are written, not before", () => {
  let made = 0;
  const endpoints = {
    *[Symbol.iterator]() {
      for (let i = 0; i < 1000; i++) {
        made += 1;
        yield endpointOf(`e${i}`);
      }
    },
  };
  const report = reportOf({ endpoints }, s(1));
  made = 0;
  const pieces = json.render(report)[Symbol.iterator]();
  pieces.next();
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(500);
});
