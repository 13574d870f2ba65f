/** What the probes tell of beside the wanted networks goes no further. */
import { describe, expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { TraceEvent, TransitionEvent } from "../../src/event/trace-event.ts";
import { KernelFilter } from "../../src/session/kernel-filter.ts";
import { gateBefore, TrafficGate } from "../../src/session/traffic-gate.ts";
import { type Network, parseNetwork } from "../../src/tui/network.ts";

const SECOND = 1e9;
const ONE = parseNetwork("192.0.2.0/24") as Network;

function passed(cidr: string, events: readonly TraceEvent[]): readonly TraceEvent[] {
  const network = parseNetwork(cidr);
  if (network === null) throw new Error(`${cidr} is no network`);
  const out: TraceEvent[] = [];
  const sink = gateBefore(new KernelFilter({ networks: [network] }), (event) => out.push(event));
  for (const event of events) sink(event);
  return out;
}

function change(
  from: TcpState,
  to: TcpState,
  rest: Partial<TransitionEvent> = {},
): TransitionEvent {
  return {
    ...{ type: "transition", t: SECOND, cpu: 0, seq: 1, sk: "a", netns: 7, pid: 0, comm: "" },
    ...{ local: "10.0.0.1", localPort: 80, remote: "192.0.2.1", remotePort: 4000 },
    ...rest,
    from,
    to,
  };
}

describe("networks", () => {
  const between = (local: string, remote: string) =>
    change("ESTABLISHED", "CLOSE_WAIT", { local, remote });

  test.each([
    ["2001:db8::1", between("2001:db8::2", "2001:db8::3"), "differs behind the 64 bits"],
    ["::1", between("127.0.0.1", "127.0.0.1"), "is IPv4, whose IPv6 fields are zero"],
    ["10.0.0.0/8", between("127.0.0.1", "127.0.0.2"), "is of another network"],
  ])("with %s nothing passes of what, like %j, %s", (cidr, event) => {
    expect(passed(cidr, [event])).toEqual([]);
    const row = { ...event, type: "snapshot", state: "ESTABLISHED" } as unknown as TraceEvent;
    expect(passed(cidr, [row])).toEqual([]);
  });

  test.each([
    ["2001:db8::1", between("2001:db8::2", "2001:db8::1")],
    ["::1", between("::1", "::1")],
    ["127.0.0.0/8", between("::ffff:127.0.0.1", "::ffff:127.0.0.1")],
  ])("with %s an event of either side passes", (cidr, event) => {
    expect(passed(cidr, [event])).toEqual([event]);
  });

  test("what has no peer passes, and what has no address", () => {
    const listens = change("CLOSE", "LISTEN", { remote: "0.0.0.0", remotePort: 0 });
    const gap: TraceEvent = { type: "gap", t: 1, from: 0, cause: "lost", count: 1 };
    expect(passed("2001:db8::1", [listens, gap])).toEqual([listens, gap]);
  });
});

/** As 5.10 to 6.12 tell of it; 6.18 fills the peer in. */
describe("a birth without a peer", () => {
  const NONE = { remote: "0.0.0.0", remotePort: 0 };
  const birth = (rest: Partial<TransitionEvent> = {}) =>
    change("LISTEN", "SYN_RECV", { ...NONE, ...rest });
  const next = (rest: Partial<TransitionEvent> = {}) =>
    change("SYN_RECV", "ESTABLISHED", { t: SECOND + 5000, ...rest });

  test("comes through before what its socket does next", () => {
    expect(passed("192.0.2.0/24", [birth(), next()])).toEqual([birth(), next()]);
  });

  test("that nothing follows is no endpoint: a connection that nobody wants leaves no ghost", () => {
    const births = Array.from({ length: 3000 }, (_, i) => birth({ sk: i.toString(16) }));
    const out = passed("192.0.2.0/24", births);
    expect(out).toEqual([]);
    const trace = new Trace();
    for (const event of out) trace.step(event);
    expect([...trace.endpoints()]).toEqual([]);
  });

  test("that the summary hands over after half a second is none either", () => {
    expect(passed("192.0.2.0/24", [birth({ held: true })])).toEqual([]);
    const unwanted = birth({ held: true, remote: "198.51.100.1", remotePort: 4000 });
    expect(passed("192.0.2.0/24", [unwanted])).toEqual([]);
  });

  test.each([
    ["another life of the same memory", change("CLOSE", "SYN_SENT", { t: SECOND + 5000 })],
    ["another listener's child", next({ localPort: 81 })],
    ["what comes seconds later", next({ t: 4 * SECOND })],
  ])("is not taken for that of %s", (_, event) => {
    expect(passed("192.0.2.0/24", [birth(), event])).toEqual([event]);
  });

  test("is the newest of the same memory", () => {
    const [first, second] = [birth({ t: 1 }), birth({ t: SECOND })];
    expect(passed("192.0.2.0/24", [first, second, next()])).toEqual([second, next()]);
  });

  test("waits with thousands at most, and the oldest goes", () => {
    const births = Array.from({ length: 5000 }, (_, i) => birth({ sk: i.toString(16) }));
    const gate = new TrafficGate(new KernelFilter({ networks: [ONE] }), () => {});
    for (const each of births) gate.take(each);
    expect(gate.held).toBe(4096);
    const last = births.at(-1) as TransitionEvent;
    const then = [births[0] as TransitionEvent, last].map(({ sk }) => next({ sk }));
    expect(passed("192.0.2.0/24", [...births, ...then])).toEqual([then[0], last, then[1]]);
  });
});
