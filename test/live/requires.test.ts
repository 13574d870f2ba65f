/** A live test that cannot run says why, and is never green in CI. */
import { describe, expect, test } from "vitest";
import { skipOrFail } from "./requires.ts";

function context() {
  const reasons: unknown[] = [];
  const skip = (reason: unknown) => reasons.push(reason);
  return { reasons, ctx: { skip } as unknown as Parameters<typeof skipOrFail>[0] };
}

describe("skipOrFail", () => {
  test.each([undefined, "true"])("lets run where nothing is missing, CI being %s", (ci) => {
    const { reasons, ctx } = context();
    skipOrFail(ctx, undefined, ci);
    expect(reasons).toEqual([]);
  });

  test.each([undefined, "", "false"])("skips with the reason, CI being %j", (ci) => {
    const { reasons, ctx } = context();
    skipOrFail(ctx, "tracing needs root", ci);
    expect(reasons).toEqual(["tracing needs root"]);
  });

  test.each(["true", "1"])("fails with the reason, CI being %j", (ci) => {
    const { reasons, ctx } = context();
    expect(() => skipOrFail(ctx, "tracing needs root", ci)).toThrow("tracing needs root");
    expect(reasons).toEqual([]);
  });
});
