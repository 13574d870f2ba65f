/** What is said on stderr while a trace is prepared, and what -q keeps back. */
import { afterEach, expect, test, vi } from "vitest";
import { prepareTracing } from "../../src/cli/tracing.ts";
import { LiveSession } from "../../src/session/live-session.ts";

afterEach(() => vi.restoreAllMocks());

async function saidWith(quiet: boolean): Promise<readonly string[]> {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  vi.spyOn(LiveSession, "prepare").mockImplementation(async ({ onLeft, tellsEach }) => {
    expect(tellsEach).toBe(true);
    onLeft?.("networks, for want of BTF");
    return null as never;
  });
  await prepareTracing({ detail: "aggregate", port: [80], quiet });
  return lines;
}

test("what of the filters is left to user space is said, and a filter has each told", async () => {
  expect(await saidWith(false)).toEqual([expect.stringContaining("for want of BTF")]);
});

test("with -q neither is", async () => {
  expect(await saidWith(true)).toEqual([]);
});
