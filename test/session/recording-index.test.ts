/** Where an index is made, where one that is there is used, and where reading is the better way. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { indexWhereWorth } from "../../src/session/recording-index.ts";

const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));
const REQUEST = { version: "test", leastBytes: 1000 };

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "lastack-recording-index-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A recording that nobody has written to for a minute. */
function recording(name: string): string {
  const path = join(directory, name);
  copyFileSync(DEMO, path);
  const aMinuteAgo = Date.now() / 1000 - 60;
  utimesSync(path, aMinuteAgo, aMinuteAgo);
  return path;
}

/** Events that were read for it, 0 where one was there; null where there is none. */
async function open(
  path: string | string[],
  options: { mayMake?: boolean; leastBytes?: number } = {},
) {
  let read = 0;
  const onEvents = (count: number) => {
    read += count;
  };
  const index = await indexWhereWorth(path, { ...REQUEST, onEvents, ...options });
  index?.close();
  return index && read;
}

test("made once of a recording at rest, and there from then on, also for who may make none", async () => {
  const path = recording("rest.ndjson");
  expect(await open(path, { mayMake: false })).toBeNull();
  expect(existsSync(`${path}.index`)).toBe(false);
  expect(await open([path])).toBeGreaterThan(0);
  expect(await open(path, { mayMake: false })).toBe(0);
});

test("none of a small recording, of one that is written to, of several, of stdin, of gzip", async () => {
  const path = recording("none.ndjson");
  expect(await open(path, { leastBytes: 16 * 1024 * 1024 })).toBeNull();
  expect(await open([path, recording("other.ndjson")])).toBeNull();
  expect(await open(["-"])).toBeNull();
  const packed = join(directory, "packed.ndjson.gz");
  writeFileSync(packed, gzipSync(readFileSync(DEMO)));
  utimesSync(packed, 1, 1);
  expect(await open(packed)).toBeNull();
  utimesSync(path, new Date(), new Date());
  expect(await open(path)).toBeNull();
  expect(existsSync(`${path}.index`)).toBe(false);
});

test("what cannot be read is said as reading says it", async () => {
  const empty = join(directory, "empty");
  mkdirSync(empty);
  await expect(open(empty)).rejects.toMatchObject({ exitCode: 3 });
  const wrong = recording("wrong.ndjson");
  writeFileSync(wrong, "x".repeat(2000));
  utimesSync(wrong, 1, 1);
  await expect(open(wrong)).rejects.toMatchObject({ exitCode: 3 });
});
