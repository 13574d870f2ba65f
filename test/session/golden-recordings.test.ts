/** Recordings of every released schema, as they were written then: they replay for ever. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RECORDING_SCHEMA } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { readTrace } from "../../src/session/read-trace.ts";

const GOLDEN = fileURLToPath(new URL("../recordings/golden/", import.meta.url));

/** What one recording gave when it was put here: never changed afterwards, only added to. */
interface Expected {
  readonly events: Readonly<Record<string, number>>;
  readonly verdicts: readonly string[];
  readonly findings: readonly string[];
}

const schemas = readdirSync(GOLDEN);
const recordings = schemas.flatMap((schema) =>
  readdirSync(`${GOLDEN}${schema}`)
    .filter((name) => name.endsWith(".ndjson"))
    .map((name) => [schema, name] as const),
);

async function replay(path: string): Promise<Expected> {
  const events: Record<string, number> = {};
  const count = (batch: readonly TraceEvent[]) => {
    for (const { type } of batch) events[type] = (events[type] ?? 0) + 1;
  };
  const { trace, end } = await readTrace(path, { onEvents: count });
  expect(end).toMatchObject({ malformed: 0, overlong: 0, unproven: 0, tornTail: false });
  expect(end.unknownTypes).toEqual(new Map());
  return {
    events,
    verdicts: [...trace.endpoints()].map(({ verdict }) => verdict ?? "unfinished"),
    findings: trace.findings().map(({ kind }) => kind),
  };
}

test.each(recordings)("%s: %s replays as it did", async (schema, name) => {
  const expected = JSON.parse(readFileSync(`${GOLDEN}${schema}/expected.json`, "utf8"));
  expect(await replay(`${GOLDEN}${schema}/${name}`)).toEqual(expected[name]);
});

test("there is a recording of every schema up to today's", () => {
  const numbers = Array.from({ length: RECORDING_SCHEMA }, (_, at) => `schema-${at + 1}`);
  expect(schemas).toEqual(numbers);
});
