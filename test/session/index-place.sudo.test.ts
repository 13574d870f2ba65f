/** Where root makes an index of a user's recording, and whose index it believes. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TimeIndex } from "../../src/session/time-index.ts";
import { requireRoot } from "../host/require-root.ts";

const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));
const NOBODY = 65_534;

let directory = "";
beforeEach((ctx) => {
  requireRoot(ctx);
  directory = mkdtempSync(join(tmpdir(), "lastack-index-place-"));
  chmodSync(directory, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A recording of nobody's in a directory of this owner. */
function recordingIn(name: string, owner: number): string {
  const into = join(directory, name);
  mkdirSync(into);
  const path = join(into, "run.ndjson");
  copyFileSync(DEMO, path);
  chownSync(path, NOBODY, NOBODY);
  chownSync(into, owner, owner);
  return path;
}

/** Events that were read for it, 0 where an index was there; null where there is none. */
async function open(path: string): Promise<number | null> {
  let read = 0;
  const index = await TimeIndex.open(path, "test", { onEvents: (count) => (read += count) });
  index?.close();
  return index === null ? null : read;
}

test("it belongs to the recording's owner, and stands only where that user may write", async () => {
  const own = recordingIn("theirs", NOBODY);
  expect(await open(own)).toBeGreaterThan(0);
  const { uid, gid, mode } = lstatSync(`${own}.index`);
  expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: NOBODY, gid: NOBODY, mode: 0o600 });
  const foreign = recordingIn("of-root", 0);
  expect(await open(foreign)).toBeNull();
  expect(existsSync(`${foreign}.index`)).toBe(false);
});

test("one that somebody else could have put there is not believed", async () => {
  const path = recordingIn("shared", NOBODY);
  const index = `${path}.index`;
  await open(path);
  expect(await open(path)).toBe(0);
  chownSync(index, 12_345, 12_345);
  expect(await open(path)).toBeGreaterThan(0);
  expect(lstatSync(index).uid).toBe(NOBODY);
  chmodSync(index, 0o666);
  expect(await open(path)).toBeGreaterThan(0);
  expect(lstatSync(index).mode & 0o7777).toBe(0o600);
  // Root's own is: it was made by the same program.
  chownSync(index, 0, 0);
  expect(await open(path)).toBe(0);
});
