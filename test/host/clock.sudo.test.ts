/** The recording's clock against the kernel's own, as bpftrace reads it. */
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { RecordingClock } from "../../src/host/clock.ts";
import { findTool } from "../../src/host/trusted-tool.ts";
import { requireRoot } from "./require-root.ts";

test("no reading of bpftrace lies in our future, and the quickest is a moment ago", async (ctx) => {
  requireRoot(ctx);
  const bpftrace = await findTool("bpftrace");
  if (bpftrace === null) return ctx.skip("bpftrace is not installed");
  const program = 'interval:ms:10 { printf("%lld\\n", nsecs) }';
  const clock = await RecordingClock.start();
  const child = spawn(bpftrace, ["-q", "-f", "json", "-e", program]);
  const ages: number[] = [];
  try {
    for await (const chunk of child.stdout) {
      const now = clock.now();
      for (const [, nsecs = ""] of String(chunk).matchAll(/"data": "(\d+)\\n"/g)) {
        ages.push(now - clock.toRecording(BigInt(nsecs)));
      }
      if (ages.length >= 20) break;
    }
  } finally {
    child.kill("SIGKILL");
  }
  expect(ages.length).toBeGreaterThanOrEqual(20);
  expect(Math.min(...ages)).toBeGreaterThan(-clock.uncertaintyNs());
  expect(Math.min(...ages)).toBeLessThan(50_000_000);
}, 20_000);
