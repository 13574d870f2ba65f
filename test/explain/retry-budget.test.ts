/** Holds the formulas of the kernel's patience against what was measured on Linux 6.18.44. */
import { describe, expect, it } from "vitest";
import {
  finWait2LifeMs,
  orphanEndMs,
  retryBudgetMs,
  retryEndMs,
  synEndMs,
} from "../../src/explain/index.ts";

const tolerance = 0.05;

function expectNear(actualMs: number, measuredSeconds: number): void {
  expect(actualMs / 1000).toBeGreaterThan(measuredSeconds * (1 - tolerance));
  expect(actualMs / 1000).toBeLessThan(measuredSeconds * (1 + tolerance));
}

describe("retryBudgetMs", () => {
  it.each([
    [0, 200],
    [1, 600],
    [3, 3_000],
    [5, 12_600],
    [8, 102_200],
    [9, 204_600],
    [10, 324_600],
    [15, 924_600],
  ])("gives %i retries %i ms", (n, ms) => {
    expect(retryBudgetMs(n)).toBe(ms);
  });

  it.each([
    [8, 1_000, 7_400],
    [3, 1_000, 2_400],
    [5, 1_000, 4_400],
  ])("gives %i retries under an RTO of at most %i ms %i ms", (n, rtoMax, ms) => {
    expect(retryBudgetMs(n, rtoMax)).toBe(ms);
  });

  it("holds n to what the kernel can hold", () => {
    expect(retryBudgetMs(-3)).toBe(retryBudgetMs(0));
    expect(retryBudgetMs(4_000_000)).toBe(retryBudgetMs(255));
  });

  it("comes to an end with numbers that no kernel prints", () => {
    for (const odd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      expect(retryEndMs(odd, odd, 1)).toBeGreaterThan(0);
      expect(orphanEndMs(odd, odd, 1)).toBeGreaterThan(0);
      expect(synEndMs(odd, odd, odd)).toBeGreaterThan(0);
    }
  });
});

describe("the end of a connection that nobody acknowledges", () => {
  it.each([
    [0, 120_000, 106.4],
    [1, 120_000, 1.67],
    [3, 120_000, 6.65],
    [0, 1_000, 2.7],
    [3, 1_000, 3.74],
  ])("orphan: tcp_orphan_retries=%i, tcp_rto_max_ms=%i took %f s", (n, rtoMax, seconds) => {
    expectNear(orphanEndMs(n, rtoMax), seconds);
  });

  it.each([
    [5, 120_000, 13.4],
    [3, 120_000, 6.75],
    [5, 1_000, 5.8],
  ])("held: tcp_retries2=%i, tcp_rto_max_ms=%i took %f s", (n, rtoMax, seconds) => {
    expectNear(retryEndMs(n, rtoMax), seconds);
  });

  it("comes at an RTO at or after the budget, never before", () => {
    for (let n = 0; n <= 20; n++) expect(retryEndMs(n)).toBeGreaterThanOrEqual(retryBudgetMs(n));
  });
});

describe("synEndMs", () => {
  it.each([
    [1, 0, 3.05],
    [1, 4, 3.07],
    [2, 0, 7.12],
    [2, 4, 7.13],
    [3, 4, 19.56],
    [6, 0, 127],
    [6, 4, 131],
  ])("tcp_syn_retries=%i with %i linear timeouts took %f s", (n, linear, seconds) => {
    expectNear(synEndMs(n, linear), seconds);
  });
});

describe("finWait2LifeMs", () => {
  it.each([
    [2, 2.1],
    [30, 30.3],
    [65, 10.4],
    [90, 60.9],
    [120, 122],
  ])("tcp_fin_timeout=%i took %f s", (timeout, seconds) => {
    expectNear(finWait2LifeMs(timeout), seconds);
  });

  it("never goes below 3.5 RTO", () => {
    expect(finWait2LifeMs(0, 200)).toBe(700);
  });
});
