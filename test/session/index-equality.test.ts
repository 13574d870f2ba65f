/** The state at any moment is the same with an index and without: of chaos, damage and every scenario. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { sliceRecording } from "../../src/session/slice-recording.ts";
import { TimeIndex } from "../../src/session/time-index.ts";
import { withChecksum } from "../../src/store/checksum.ts";
import { disorder } from "../core/disorder.ts";
import { remotes } from "../core/remotes.ts";
import { storyOf } from "../core/stories.ts";
import { HEADER } from "../event/sample-events.ts";
import { type Chance, seeded } from "../event/seeded.ts";

const SEEDS = Number(process.env.LASTACK_FUZZ_SEEDS ?? 20);
const SCENARIOS = fileURLToPath(new URL("../recordings/scenarios/", import.meta.url));

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "lastack-index-equality-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What `states` prints of a moment, and more: whole stories. */
function living(trace: Trace) {
  return [...trace.endpoints()]
    .filter(({ endedAt }) => endedAt === null)
    .map((endpoint) => ({ id: endpoint.id, ...storyOf(endpoint, trace) }));
}

/** Returns the moments that were compared. */
async function expectSame(path: string, moments: number, spacing: number, chance: Chance) {
  const index = await TimeIndex.open(path, "test", { spacing });
  if (index === null) return 0;
  const { lastNs, closedCleanly } = index.whole;
  for (let round = 0; round < moments; round++) {
    const at = chance(lastNs + 1);
    const read = await readTrace(path, { until: at });
    expect(read.closedCleanly).toBe(closedCleanly);
    expect(living(index.lookAt(at)), `${path} at ${at}`).toEqual(living(read.trace));
  }
  index.close();
  return moments;
}

/** A slice is the same to the byte. */
async function expectSameSlice(path: string, chance: Chance): Promise<void> {
  const index = await TimeIndex.open(path, "test", { spacing: 10 });
  if (index === null) return;
  const { lastNs } = index.whole;
  const [fromNs, toNs] = [chance(lastNs + 1), chance(lastNs + 1)].sort((a, b) => a - b);
  const window = { fromNs: fromNs ?? 0, toNs: toNs ?? lastNs };
  const [one, other] = [`${path}.a`, `${path}.b`];
  const request = { ...window, endpoints: [], findings: [], force: false, onProblem: () => {} };
  await sliceRecording(path, one, request);
  await sliceRecording(path, other, { ...request, index });
  expect(readFileSync(other, "utf8"), `${path} from ${fromNs}`).toBe(readFileSync(one, "utf8"));
  index.close();
}

/** As a recorder writes it, some events late, some lines damaged on the medium since. */
function written(events: readonly TraceEvent[], isClosed: boolean, chance: Chance): Buffer {
  const pieces: Buffer[] = [withChecksum(`${JSON.stringify(HEADER)}\n`)];
  let newest = 0;
  for (let at = 0; at < events.length; ) {
    const size = 1 + chance(12);
    const lines = events.slice(at, at + size).map((event) => {
      const isLate = chance(15) === 0;
      const t = isLate ? Math.max(0, newest - chance(5e9)) : event.t;
      newest = Math.max(newest, t);
      return `${JSON.stringify({ ...event, t, ...(isLate && { late: true }) })}\n`;
    });
    const piece = withChecksum(lines.join(""));
    if (chance(20) === 0) piece[chance(piece.length)] = 0x21;
    pieces.push(piece);
    at += size;
  }
  const ledger = { counted: 1, received: 1, lost: 0, skipped: 0, unparsed: 0, evicted: 0 };
  const footer = { type: "footer", t: newest + 1e9, ledger: { ...ledger, balanced: true } };
  if (isClosed) pieces.push(withChecksum(`${JSON.stringify(footer)}\n`));
  return Buffer.concat(pieces);
}

test(`of ${SEEDS} recordings of disorder`, async () => {
  let compared = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const chance = seeded(seed * 7919);
    const path = join(directory, `${seed}.ndjson`);
    writeFileSync(path, written(disorder(seed, 150).events, seed % 3 > 0, chance));
    compared += await expectSame(path, 5, 10, chance);
    await expectSameSlice(path, chance);
  }
  // Damage may take the word away that an event is late; those have none.
  expect(compared).toBeGreaterThan(SEEDS * 5 * 0.9);
});

test("of hosts whose peers are elsewhere, where most of all endpoints rest", async () => {
  let compared = 0;
  for (let seed = 1; seed <= Math.ceil(SEEDS / 5); seed++) {
    const chance = seeded(seed * 104_729);
    const path = join(directory, `remotes-${seed}.ndjson`);
    writeFileSync(path, written(remotes(seed, 120), seed % 2 > 0, chance));
    compared += await expectSame(path, 10, 10, chance);
  }
  expect(compared).toBeGreaterThan(SEEDS);
});

test("of every scenario that was captured from a real kernel", async () => {
  const chance = seeded(5);
  for (const name of readdirSync(SCENARIOS).filter((each) => each.endsWith(".gz"))) {
    const path = join(directory, name.replace(".gz", ""));
    writeFileSync(path, gunzipSync(readFileSync(join(SCENARIOS, name))));
    expect(await expectSame(path, 2, 10, chance)).toBe(2);
  }
});

test("events that are not in order, and do not say so, have no index", async () => {
  const path = join(directory, "unordered.ndjson");
  const { events } = disorder(1, 150);
  const swapped = [...events.slice(75), ...events.slice(0, 75)];
  const lines = [HEADER, ...swapped].map((each) => `${JSON.stringify(each)}\n`);
  writeFileSync(path, lines.join(""));
  expect(await TimeIndex.open(path, "test")).toBeNull();
  const { mtimeNs } = statSync(`${path}.index`, { bigint: true });
  expect(await TimeIndex.open(path, "test")).toBeNull();
  // Which is known from now on without reading it again.
  expect(statSync(`${path}.index`, { bigint: true }).mtimeNs).toBe(mtimeNs);
});
