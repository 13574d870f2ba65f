/** `auto` on the real kernel: down under a burst, up again after it, and nothing lost on the way. */
import { describe, expect, type TestContext, test } from "vitest";
import type { Detail, DetailEvent } from "../../src/event/detail.ts";
import { LiveSession } from "../../src/session/live-session.ts";
import { parseNetwork } from "../../src/tui/network.ts";
import { churn } from "./churn.ts";
import { Namespace } from "./namespace.ts";
import { requireTracing } from "./requires.ts";

/** So low that a host which has little left for the load moves too. */
const LIMITS = {
  ...{ busyChanges: 100, calmChanges: 50, calmSeconds: 2 },
  ...{ floodChanges: 200, ebbChanges: 50 },
};
const RATE = 200;
const SECONDS = 6;

/** The churn goes round eight addresses. */
const [NETWORK, OTHERS] = ["127.0.0.3", 8];

/** A namespace whose traffic is the test's alone. */
async function ownNamespace({ onTestFinished }: TestContext): Promise<Namespace> {
  const place = await Namespace.create("c");
  onTestFinished(() => place.remove());
  return place;
}

// Either trace is told of its own namespace alone, so they go side by side.
describe.concurrent("auto", () => {
  // One more may be told than there was where a life is put back as it is taken out, see Misses in
  // probes/lives_tick.bt; what counts twice of itself does so each time.
  const again = { retry: 1, timeout: 120_000 } as const;
  test(
    "moves with the load, says so, and counts every connection on the way",
    again,
    async (ctx) => {
      await requireTracing(ctx);
      const place = await ownNamespace(ctx);
      const options = { version: "0.0.0-test", detail: "auto", detailLimits: LIMITS } as const;
      const session = await LiveSession.start({ ...options, netns: place.inode });
      const moves: DetailEvent[] = [];
      session.onEvents((events) => {
        moves.push(...events.filter((event): event is DetailEvent => event.type === "detail"));
      });
      const until = async (wanted: Detail) => {
        while (moves.at(-1)?.detail !== wanted)
          await new Promise((resolve) => setTimeout(resolve, 50));
      };
      const burst = await churn(place, { rate: RATE, seconds: SECONDS, least: 50 });
      await until("aggregate");
      // A trickle goes on over the moves back.
      const trickle = await churn(place, { rate: 2, seconds: 6, least: 12 });
      await until("transitions");
      const { ledger } = await session.stop();
      const told = moves.map(({ detail, cause }) => `${detail} ${cause}`);
      // The probes need not have answered to the first before they are asked for the second.
      expect(told[0] === "summary changes" ? told.slice(1) : told).toEqual([
        "aggregate changes",
        "summary calm",
        "transitions calm",
      ]);
      expect(session.trace.counted).toBeGreaterThan(0);
      expect(ledger).toMatchObject({ unparsed: 0, evicted: 0, balanced: true });

      const connections = burst.connections + trickle.connections;
      const { byRole, byVerdict, endpoints } = session.trace.summary();
      const open = [...session.trace.endpoints()].filter(({ endedAt }) => endedAt === null);
      const stuck = open.map(({ tuple, state, phases }) => ({ tuple, state, phases }));
      const why = JSON.stringify({ ledger, byVerdict, byRole, stuck });
      const missed = ledger.lost + ledger.skipped;
      // A run that the kernel skipped may tear a life in two.
      expect(endpoints, why).toBeLessThanOrEqual(2 * connections + missed);
      // On a host that has little time for the load both ends close at once now and then.
      const closing = byRole.active + byRole.passive + byRole.simultaneous;
      for (const count of [endpoints, byVerdict.graceful, closing]) {
        expect(count, why).toBeGreaterThanOrEqual(2 * (connections - missed));
      }
    },
  );

  test("hands over nothing of an address that is filtered away, and both ends of the others", async (ctx) => {
    await requireTracing(ctx);
    const place = await ownNamespace(ctx);
    const networks = [parseNetwork(NETWORK)].filter((each) => each !== null);
    const session = await LiveSession.start({
      ...{ version: "0.0.0-test", detail: "auto", netns: place.inode, networks },
    });
    const { connections } = await churn(place, { rate: 100, seconds: 1, least: OTHERS * 10 });
    const { ledger } = await session.stop();
    const endpoints = [...session.trace.endpoints()];
    const why = JSON.stringify({ ledger, connections, endpoints: endpoints.length });
    const wanted = (2 * connections) / OTHERS;
    const missed = ledger.lost + ledger.skipped;
    expect(endpoints.length, why).toBeLessThanOrEqual(wanted + 4);
    expect(endpoints.length, why).toBeGreaterThanOrEqual(wanted - 4 - missed);
    // Some eight records for each end of a connection, were they only of those.
    expect(ledger.counted, why).toBeLessThan(12 * wanted);
    for (const { tuple } of endpoints) expect([tuple.local, tuple.remote]).toContain(NETWORK);
    const paired = endpoints.filter(({ peer }) => peer !== null);
    expect(paired.length, why).toBeGreaterThanOrEqual(wanted - 4 - 2 * missed);
  });
});
