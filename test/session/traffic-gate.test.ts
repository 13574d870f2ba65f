/** What the probes tell of beside the wanted networks goes no further. */
import { describe, expect, test } from "vitest";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { TraceEvent, TransitionEvent } from "../../src/event/trace-event.ts";
import { KernelFilter } from "../../src/session/kernel-filter.ts";
import { gateBefore } from "../../src/session/traffic-gate.ts";
import { parseNetwork } from "../../src/tui/network.ts";

const SECOND = 1e9;

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
