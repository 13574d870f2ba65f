/** A report in another time zone: every format moves as one. */
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { type Zone, zoneNamed } from "../../src/event/zone.ts";
import { FORMATS } from "../../src/export/index.ts";
import schema from "../../src/export/report.schema.json" with { type: "json" };
import { buildReport } from "../../src/export/report.ts";
import { INCIDENT_END, incident } from "./synthetic-incident.ts";
import { headerOf, viewOf } from "./synthetic-trace.ts";

const KATHMANDU = zoneNamed("Asia/Kathmandu") as Zone;

const documentsIn = (zone?: Zone) => {
  const frame = { header: headerOf(), footer: null, closedCleanly: true, endNs: INCIDENT_END };
  const report = buildReport(viewOf(incident(), INCIDENT_END), frame, zone ? { zone } : {});
  return new Map(FORMATS.map(({ name, render }) => [name, [...render(report)].join("")]));
};

const [inUtc, there] = [documentsIn(), documentsIn(KATHMANDU)];

test.each(FORMATS.map(({ name }) => name))("%s: no time of the old zone is left", (name) => {
  // The evidence of f4 is a text made by hand, and stays.
  const timesIn = (document = "") =>
    document.replace(/05:01:4[12]/g, "").match(/[T |>]\d\d:\d\d:\d\d\b|\bUTC\b/g) ?? [];
  const strange = (times: string[], hour: RegExp) => times.filter((time) => !hour.test(time));
  expect(timesIn(inUtc.get(name)).length).toBeGreaterThan(0);
  expect(strange(timesIn(inUtc.get(name)), /05:[0-2]\d|UTC/)).toEqual([]);
  expect(strange(timesIn(there.get(name)), /10:[45]\d|11:05/)).toEqual([]);
});

test.each(["text", "markdown", "html"])("%s names the zone", (name) => {
  expect(inUtc.get(name)?.includes("UTC")).toBe(true);
  expect(there.get(name)?.includes("Asia/Kathmandu")).toBe(true);
});

test("json: the same moments, still by the schema", () => {
  const [utc, other] = [inUtc, there].map((all) => JSON.parse(all.get("json") ?? ""));
  expect(new Ajv.default().validate(schema, other)).toBe(true);
  const moments = (document: typeof utc) =>
    document.endpoints.flatMap(({ phases }: { phases: { from: string }[] }) =>
      phases.map(({ from }) => Date.parse(from)),
    );
  expect(other.recording.startedAt).toBe("2026-11-21T10:45:00.123456+05:45");
  expect(moments(other)).toEqual(moments(utc));
});
