import { expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import type { Ledger } from "../../src/event/recording.ts";
import type { GapEvent } from "../../src/event/trace-event.ts";
import { completenessOf } from "../../src/export/completeness.ts";
import { endpointOf, s } from "./synthetic-endpoint.ts";
import { ledgerOf, reportOf } from "./synthetic-trace.ts";

const of = (fields: Partial<Ledger>, closedCleanly = true) =>
  completenessOf(
    reportOf({ endpoints: [], ledger: ledgerOf(100, fields) }, s(1), { closedCleanly }),
  );

test("nothing missing", () => {
  expect(of({})).toEqual({
    isComplete: true,
    headline: "Complete: all 100 records that the kernel counted arrived.",
    details: [],
  });
});

test.each<[string, Partial<Ledger>, string]>([
  ["loss", { received: 99, lost: 1 }, "1 record lost on the way from the kernel."],
  ["damage", { received: 98, unparsed: 2 }, "2 records arrived damaged."],
  ["skipped runs", { skipped: 3 }, "The kernel left out 3 probe runs."],
  ["eviction", { evicted: 4000 }, "4,000 endpoints forgotten for want of room."],
  ["a difference", { received: 90 }, "The two accounts differ by 10 records."],
  ["no balance", { balanced: false }, "The accounts did not balance at the end of the recording."],
])("%s makes a report incomplete and says so", (_, fields, sentence) => {
  const { isComplete, details } = of(fields);
  expect(isComplete).toBe(false);
  expect(details).toEqual([sentence]);
});

test("a recording that was not closed is incomplete", () => {
  const { isComplete, details } = of({}, false);
  expect(isComplete).toBe(false);
  expect(details.join()).toContain("not closed cleanly");
});

test("a hole in which nobody counted makes a report incomplete, though the ledger balances", () => {
  const gap: GapEvent = { type: "gap", t: 60e9, from: 30e9, cause: "restart", count: null };
  const trace = new Trace();
  trace.step(gap);
  const report = reportOf({ endpoints: [] }, s(60));
  const source = { ...report.source, view: trace };
  expect(completenessOf({ ...report, source })).toMatchObject({
    isComplete: false,
    details: ["Nothing was traced for 30 s."],
  });
});

test("a list of a sample is named and is no loss", () => {
  const report = reportOf({ endpoints: [endpointOf("e1")] }, s(1));
  const sampled = { ...report, summary: { ...report.summary, endpoints: 5000 } };
  const { isComplete, details } = completenessOf(sampled);
  expect(isComplete).toBe(true);
  expect(details).toEqual([
    "1 of 5,000 endpoints stand in the list; the counts cover all of them.",
  ]);
});

test("what was only counted is named too, and where a filter leaves it out", () => {
  const report = reportOf({ endpoints: [endpointOf("e1")] }, s(1));
  const recording = { ...report.recording, sampled: 100 };
  const place = { netns: 1, side: "in", port: 80, role: "passive", verdict: "graceful" } as const;
  const summary = { ...report.summary, counted: [{ ...place, count: 7 }] };
  expect(completenessOf({ ...report, recording, summary }).details.join()).toMatch(
    /one in 100 of those that ended well.*an eighth too long/,
  );
  expect(completenessOf({ ...report, recording }).details.join()).toMatch(
    /one in 100 of those that ended well.*not in these counts/,
  );
});

test("a slice says what was cut out, and that names are made up", () => {
  const report = reportOf({ endpoints: [] }, s(9));
  const of = { to: s(60), events: 100, closedCleanly: true };
  const slice = { from: s(5), to: s(9), of, findings: ["f3"] };
  const header = { ...report.source.frame.header, slice, redacted: true };
  const source = { ...report.source, frame: { ...report.source.frame, header } };
  const { isComplete, details } = completenessOf({ ...report, source });
  expect(isComplete).toBe(true);
  expect(details).toEqual([
    "A slice from 05:00:05.123 to 05:00:09.123 UTC, with the whole stories of what belongs to f3 of the whole; the account is the whole's.",
    "Redacted: names and addresses are made up, ports and process ids are as they were.",
  ]);
});

test("what a filter leaves out is named and is no loss", () => {
  const report = reportOf({ endpoints: [endpointOf("e1", {})], ledger: ledgerOf(9) }, s(1));
  const frame = { ...report.source.frame, narrowed: { by: "--port 80", of: 3 } };
  expect(completenessOf({ ...report, source: { ...report.source, frame } })).toMatchObject({
    isComplete: true,
    details: ["Only what passes --port 80 is told of: 1 of 3 endpoints."],
  });
});

test.each([
  [{ netns: 7, port: [80, 443] }, "netns 7 and port 80,443"],
  [{ cidr: ["10.0.0.0/8"] }, "cidr 10.0.0.0/8"],
  [{ cidr: "`<b>`", "<i>": 1, netns: "all" }, "cidr"],
])("what was recorded with the filters %j says so", (filters, words) => {
  const report = reportOf({ endpoints: [], ledger: ledgerOf(9) }, s(1));
  const { header } = report.source.frame;
  const frame = { ...report.source.frame, header: { ...header, filters } };
  expect(completenessOf({ ...report, source: { ...report.source, frame } }).details).toEqual([
    `Recorded with the filter ${words}: nothing else of the host is in it.`,
  ]);
});
