/**
 * A recording of `--detail aggregate`, captured on 6.18: 450 connections on the loopback device of
 * a namespace of its own, as bench/load/churn.py counted them.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import { json } from "../../src/export/json.ts";
import { buildReport } from "../../src/export/report.ts";
import { text } from "../../src/export/text.ts";
import { readTrace } from "../../src/session/read-trace.ts";

const CHURN = fileURLToPath(new URL("../recordings/aggregate/churn.ndjson", import.meta.url));
const CONNECTIONS = 450;
const SCHEMA = new URL("../../src/export/report.schema.json", import.meta.url);

const read = await readTrace(CHURN, {});

function report() {
  const { trace, header, footer, closedCleanly, endNs } = read;
  return buildReport(trace, { header, footer, closedCleanly, endNs });
}

test("counts each end of each connection, and lists a few", () => {
  const { trace } = read as { trace: Trace };
  const summary = trace.summary();
  expect(summary).toMatchObject({ endpoints: 2 * CONNECTIONS, teardowns: 2 * CONNECTIONS });
  expect(summary.byVerdict.graceful).toBe(2 * CONNECTIONS);
  expect(summary.byRole).toMatchObject({ active: CONNECTIONS, passive: CONNECTIONS, none: 0 });
  const listed = [...trace.endpoints()];
  expect(listed).toHaveLength(summary.itemised);
  const onlyCounted = (summary.counted ?? []).reduce((sum, { count }) => sum + count, 0);
  expect(onlyCounted + summary.itemised).toBe(2 * CONNECTIONS);
  expect(summary.itemised).toBeLessThan(CONNECTIONS / 10);
});

test("lists both ends of a connection, or neither", () => {
  const { trace } = read as { trace: Trace };
  for (const { peer, id } of trace.endpoints()) expect(peer, id).not.toBeNull();
});

test("knows how long each state lasted, of all of them", () => {
  const { phaseMs } = (read.trace as Trace).summary();
  for (const state of [
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "CLOSE_WAIT",
    "LAST_ACK",
  ]) {
    expect(phaseMs[state]?.max, state).toBeGreaterThan(0);
    expect(phaseMs[state]?.max, state).toBeLessThan(500);
  }
});

test("its report is as the schema says, and tells what it lists", () => {
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
  const validate = new Ajv.default({ strict: true, allErrors: true }).compile(schema);
  validate(JSON.parse([...json.render(report())].join("")));
  expect(validate.errors).toBeNull();
  const page = [...text.render(report())].join("");
  expect(page).toContain("one in 100");
  expect(page).toMatch(/only counted, at +role +endpoints/);
});
