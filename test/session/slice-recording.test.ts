/** A slice that cannot be written leaves no recording open behind it. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { sliceRecording } from "../../src/session/slice-recording.ts";
import { openOn } from "../store/open-files.ts";

const RECORDED = fileURLToPath(
  new URL("../recordings/golden/schema-1/close-loopback.ndjson", import.meta.url),
);

test("the recording is closed where the output is refused", async () => {
  const directory = mkdtempSync(join(tmpdir(), "lastack-slice-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [path, taken] = [join(directory, "own.ndjson"), join(directory, "taken")];
  copyFileSync(RECORDED, path);
  writeFileSync(taken, "precious");
  const options = { index: null, endpoints: [], findings: [], force: false, onProblem: () => {} };
  await expect(sliceRecording(path, taken, options)).rejects.toThrow(/there already/);
  await expect.poll(() => openOn(path) > 0, { timeout: 20_000, interval: 20 }).toBe(false);
}, 30_000);
