/** Makes the fake programs of test/fixtures/fake-bpftrace startable, and collects what a run says. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type {
  BpftraceMessage,
  BpftraceOptions,
  BpftraceRun,
} from "../../src/bpftrace-runner/index.ts";

const fixtures = fileURLToPath(new URL("../fixtures/fake-bpftrace/", import.meta.url));

/**
 * The path of a program that runs the fake under this very node, which no fixed PATH may know;
 * it is there until the test has finished.
 */
export function fakePath(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), "fake-bpftrace-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${fixtures}${name}.js' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The options to run a fake, with a ladder that tests can wait for. */
export function fakeOptions(name: string, options: Partial<BpftraceOptions> = {}): BpftraceOptions {
  return {
    program: 'BEGIN { printf("ready\\n"); }',
    bpftrace: fakePath(name),
    trusted: true,
    stopLadderMs: [2000, 2000],
    ...options,
  };
}

/** Every message until the run ends; with `stopAfter`, stops it once one is a printf of that text. */
export async function collect(run: BpftraceRun, stopAfter?: string): Promise<BpftraceMessage[]> {
  const all: BpftraceMessage[] = [];
  for await (const batch of run) {
    all.push(...batch);
    if (batch.some((m) => m.type === "printf" && m.data === stopAfter)) void run.stop();
  }
  return all;
}

/** The texts of the printf messages. */
export function printed(messages: readonly BpftraceMessage[]): string[] {
  return messages.flatMap((message) => (message.type === "printf" ? [message.data] : []));
}
