/** Every scenario that was captured from a real kernel: a slice of it tells what the whole tells. */
import { createHmac } from "node:crypto";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import { Redactor } from "../../src/event/redact.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import { cut, expectSameFindings, expectSameStories, fold, tryCut, type Whole } from "./cutting.ts";

const SCENARIOS = fileURLToPath(new URL("../recordings/scenarios/", import.meta.url));
const FILES = readdirSync(SCENARIOS).filter((name) => name.includes(".ndjson"));

async function read(name: string): Promise<Whole> {
  const { header, events, end } = await readRecording(SCENARIOS + name);
  const all = [];
  for await (const batch of events) all.push(...batch);
  const { sysctls, probes } = header;
  const options = { sysctls, seesMiniEnd: probes.includes("time_wait_end"), maxEnded: 1e6 };
  return { events: all, endNs: end().lastNs, options };
}

/** What became of each endpoint, in the order of their births; made-up names have no part in it. */
const outcomesOf = (trace: Trace) =>
  [...trace.endpoints()].map(
    ({ tuple, role, trigger, verdict, state, lostWave, phases, waves }) => ({
      ports: [tuple.localPort, tuple.remotePort],
      outcome: { role, trigger, verdict, state, lostWave },
      phases,
      waves,
    }),
  );

const hash = (text: string) => createHmac("sha256", "a test's").update(text).digest("hex");

test("there are as many as the list of them says", () => {
  expect(FILES.length).toBeGreaterThan(100);
});

test.each(FILES)(
  "%s",
  async (name) => {
    const whole = await read(name);
    const all = cut(whole, {});
    expectSameStories(all);
    expectSameFindings(all);
    const half = cut(whole, { fromNs: Math.floor(whole.endNs / 2) });
    expectSameStories(half);
    expectSameFindings(half);
    const [first] = all.before.endpoints();
    if (first !== undefined) {
      const one = tryCut(whole, { endpoints: [first.id] });
      if (typeof one === "string") throw new Error(one);
      expectSameStories(one);
    }
    const redactor = new Redactor(hash);
    const redacted = { ...whole, events: all.events.map((event) => redactor.event(event)) };
    expect(outcomesOf(fold(redacted, whole.endNs))).toEqual(outcomesOf(all.before));
  },
  60_000,
);
