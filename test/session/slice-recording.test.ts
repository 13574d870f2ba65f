/** A slice that cannot be written leaves no recording open behind it. */
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { sliceRecording } from "../../src/session/slice-recording.ts";

const RECORDED = fileURLToPath(
  new URL("../recordings/golden/schema-1/close-loopback.ndjson", import.meta.url),
);

function isOpen(path: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });
}

test("the recording is closed where the output is refused", async () => {
  const directory = mkdtempSync(join(tmpdir(), "lastack-slice-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [path, taken] = [join(directory, "own.ndjson"), join(directory, "taken")];
  copyFileSync(RECORDED, path);
  writeFileSync(taken, "precious");
  const options = { index: null, endpoints: [], findings: [], force: false, onProblem: () => {} };
  await expect(sliceRecording(path, taken, options)).rejects.toThrow(/there already/);
  await expect.poll(() => isOpen(path), { timeout: 20_000, interval: 20 }).toBe(false);
}, 30_000);
