/** Skips a test that needs root where there is none, and says so. */
import type { TestContext } from "vitest";

/** Skip unless this process is root. */
export function requireRoot(ctx: TestContext): void {
  if (process.geteuid?.() !== 0) ctx.skip("needs root");
}
