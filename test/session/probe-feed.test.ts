/** bpftrace dies, hangs and refuses: each hole is told, and the account goes on. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { BpftraceEnd, BpftraceMessage, BpftraceRun } from "../../src/bpftrace-runner/index.ts";
import type { GapEvent, TraceEvent } from "../../src/event/trace-event.ts";
import { WireDecoder } from "../../src/event/wire.ts";
import type { RecordingClock } from "../../src/host/clock.ts";
import { KernelFilter } from "../../src/session/kernel-filter.ts";
import { OperatorError } from "../../src/session/operator-error.ts";
import { ProbeFeed } from "../../src/session/probe-feed.ts";
import { RestartPlan } from "../../src/session/restart-plan.ts";
import { SkippedRuns } from "../../src/session/skipped-runs.ts";
import type { PreparedProbes } from "../../src/session/start-probes.ts";
import { type Network, parseNetwork } from "../../src/tui/network.ts";
import { ORIGIN_NS, REASONS, ROWS } from "../event/wire-rows.ts";

const SECOND = 1e9;

/** A bpftrace that says and does what the test wants. */
class FakeRun {
  readonly pid = 4_000_000;
  readonly diesWithParent = true;
  readonly stats = { lines: 0, unparsed: 0, overlong: 0, lostReported: 0, bytes: 0 };
  readonly ready: string;
  readonly ended: Promise<BpftraceEnd>;
  isStopped = false;
  #listener: (messages: readonly BpftraceMessage[]) => void = () => {};
  #end: (end: BpftraceEnd) => void = () => {};

  constructor(bootNs: bigint) {
    this.ready = `ready ${bootNs} 0\n`;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  onMessages(listener: (messages: readonly BpftraceMessage[]) => void): void {
    this.#listener = listener;
  }

  row(cpu: number, seq: number): void {
    const fields = ROWS.connect.split(" ");
    fields[2] = cpu.toString(16);
    fields[3] = seq.toString(16);
    this.#listener([{ type: "printf", data: fields.join(" ") }]);
  }

  beat(bootNs: bigint, counted: number, seq: number): void {
    this.#listener([{ type: "printf", data: `H ${bootNs} 0\n` }]);
    this.maps(counted, seq);
  }

  maps(counted: number, seq: number): void {
    this.#listener([
      { type: "map", data: { "@counted": counted } },
      { type: "map", data: { "@seq": { "0": seq } } },
    ]);
  }

  /** Rows that were left for telling, and those that were taken, as it prints them at its end. */
  left(end: number, told: number): void {
    this.#listener([
      { type: "map", data: { "@ring": { "0": [0, end * 2 ** 32 + told, 0], "1": [0, 0, 0] } } },
    ]);
  }

  /** Lives that it holds, as it prints them at its end. */
  holds(count: number): void {
    const lives = Array.from({ length: count }, (_, i) => [String(i), [1, 2, "comm"]]);
    this.#listener([{ type: "map", data: { "@life": Object.fromEntries(lives) } }]);
  }

  /** It goes as one does that is asked to, and prints its maps. */
  stop(): Promise<BpftraceEnd> {
    this.isStopped = true;
    this.#end({
      exitCode: 0,
      signal: null,
      isRequested: true,
      stopSignal: "SIGINT",
      stderrTail: "",
    });
    return this.ended;
  }

  die(): void {
    this.#end({
      exitCode: null,
      signal: "SIGKILL",
      isRequested: false,
      stopSignal: null,
      stderrTail: "",
      error: new Error("bpftrace died while tracing (killed by SIGKILL)") as never,
    });
  }
}

/** A feed over bpftraces that the test makes; `at` sets the clock of all, seconds. */
function stage(plan: RestartPlan | null, filter = new KernelFilter({})) {
  let t = 0;
  const runs: (FakeRun | Error)[] = [];
  const attached: FakeRun[] = [];
  const events: TraceEvent[] = [];
  const outages: string[] = [];
  const clock = {
    now: () => t,
    observe: () => {},
    toRecording: (bootNs: bigint) => Number(bootNs - ORIGIN_NS),
    wallAt: () => "2026-01-01T00:00:00Z",
  } as unknown as RecordingClock;
  const probes = {
    clock,
    decoder: new WireDecoder({ originNs: ORIGIN_NS, resetReasons: REASONS, hz: 250 }),
    isEventProgram: [],
    holdNs: 0,
    detail: null,
    filter,
    attach: async () => {
      const run = runs.shift() ?? new FakeRun(ORIGIN_NS + BigInt(t));
      if (run instanceof Error) throw run;
      attached.push(run);
      return run as unknown as BpftraceRun;
    },
  } as unknown as PreparedProbes;
  const feed = new ProbeFeed({
    probes,
    plan,
    out: (event) => events.push(event),
    onOutage: (line, state) => outages.push(`${state}: ${line}`),
  });
  const at = (seconds: number) => {
    t = Math.round(seconds * SECOND);
    return ORIGIN_NS + BigInt(t);
  };
  const gaps = () => events.filter((each): each is GapEvent => each.type === "gap");
  const current = () => attached.at(-1) as FakeRun;
  const again = (count: number) => vi.waitFor(() => expect(attached).toHaveLength(count));
  return { feed, runs, attached, events, outages, at, gaps, current, again };
}

/** Time goes by and nothing is said, as far as the feed can know. */
function silence(feed: ProbeFeed, ms: number): void {
  const clock = vi.spyOn(performance, "now");
  const since = performance.now();
  for (let passed = 100; passed <= ms; passed += 100) {
    clock.mockReturnValue(since + passed);
    feed.tick(Number.NEGATIVE_INFINITY);
  }
  clock.mockRestore();
}

describe("a bpftrace that dies", () => {
  test("is started again, and the hole runs from its last heartbeat to the new one's first", async () => {
    const { feed, at, gaps, outages, current, again } = stage(new RestartPlan([0]));
    await feed.attach();
    current().row(0, 1);
    current().beat(at(1), 1, 1);
    current().row(0, 2);
    at(1.5);
    current().die();
    await again(2);
    expect(gaps()).toEqual([
      { type: "gap", from: SECOND, t: 1.5 * SECOND, cause: "restart", count: null },
      { type: "gap", from: 1.5 * SECOND, t: 1.5 * SECOND, cause: "restart", count: null },
    ]);
    expect(outages).toEqual([
      expect.stringMatching(/^begun: bpftrace died .*nothing is traced meanwhile$/),
      expect.stringMatching(/^over: bpftrace died .*traces again after 0\.5 s/),
    ]);
    current().row(0, 1);
    current().maps(1, 1);
    await feed.stop();
    expect(await feed.ended).toBeNull();
    expect(feed.account.ledger(0)).toMatchObject({ counted: 3, received: 3, balanced: true });
  });

  test("with records that never came has lost those that its last heartbeat knew of", async () => {
    const { feed, at, gaps, current, again } = stage(new RestartPlan([0]));
    await feed.attach();
    current().row(0, 1);
    current().beat(at(1), 4, 4);
    current().die();
    await again(2);
    expect(gaps()[0]).toMatchObject({ cause: "lost", count: 3 });
    await feed.stop();
    expect(feed.account.ledger(0)).toMatchObject({ counted: 4, lost: 3, balanced: true });
  });

  test("and is refused again ends the trace in one line, with the hole told", async () => {
    const { feed, runs, at, gaps, current, outages } = stage(new RestartPlan([0, 1, 2]));
    await feed.attach();
    runs.push(...[1, 2, 3].map(() => new OperatorError(4, "bpftrace could not attach its probes")));
    current().beat(at(1), 0, 0);
    at(2);
    current().die();
    const error = await feed.ended;
    expect(error).toMatchObject({ exitCode: 1 });
    expect(error?.message).toMatch(/killed by SIGKILL.*3 tries: bpftrace could not attach/);
    expect(error?.message).not.toContain("\n");
    expect(gaps().at(-1)).toMatchObject({ t: 2 * SECOND, cause: "restart", count: null });
    expect(outages.filter((line) => line.startsWith("lasting"))).toHaveLength(2);
  });

  test("ends the trace where nobody asked for more", async () => {
    const { feed, at, gaps, current, outages } = stage(null);
    await feed.attach();
    current().beat(at(1), 0, 0);
    current().die();
    expect(await feed.ended).toMatchObject({ exitCode: 1 });
    expect(gaps()).toMatchObject([{ cause: "restart", count: null }]);
    expect(outages).toEqual([]);
  });

  test("while it is stopped between two tries leaves its hole to the end", async () => {
    const { feed, at, gaps, current } = stage(new RestartPlan([60_000]));
    await feed.attach();
    current().beat(at(1), 0, 0);
    current().die();
    await vi.waitFor(() => expect(gaps()).toHaveLength(1));
    at(9);
    await feed.stop();
    expect(await feed.ended).toBeNull();
    expect(gaps().at(-1)).toMatchObject({ t: 9 * SECOND, count: null });
  });
});

describe("a bpftrace that hangs", () => {
  test("for three seconds is ended and started again, and the gap says hung", async () => {
    const { feed, at, gaps, outages, attached, current, again } = stage(new RestartPlan([0]));
    await feed.attach();
    current().beat(at(1), 0, 0);
    at(4.1);
    silence(feed, 2900);
    expect(current().isStopped).toBe(false);
    silence(feed, 3100);
    await again(2);
    expect(attached[0]?.isStopped).toBe(true);
    expect(gaps()).toMatchObject([
      { from: SECOND, t: 4_100_000_000, cause: "hung", count: null },
      { cause: "restart", count: null },
    ]);
    expect(outages.at(-1)).toMatch(/^over: .*said nothing for 3 s/);
    await feed.stop();
  });

  test("is not one whose records come while its heartbeats are lost", async () => {
    const { feed, current } = stage(null);
    await feed.attach();
    for (let seq = 1; seq <= 5; seq++) {
      silence(feed, 2900);
      current().row(0, seq);
    }
    expect(current().isStopped).toBe(false);
    await feed.stop();
  });
});

describe("a heartbeat", () => {
  test("that has settled tells a loss that no record shows", async () => {
    const { feed, at, gaps, current } = stage(null);
    await feed.attach();
    current().row(0, 1);
    current().beat(at(1), 9, 9);
    feed.tick(0.9 * SECOND);
    expect(gaps()).toEqual([]);
    feed.tick(SECOND);
    expect(gaps()).toMatchObject([{ cause: "lost", count: 8 }]);
    await feed.stop();
  });

  test("that waited in a buffer settles nothing: so may records have", async () => {
    const { feed, at, gaps, current } = stage(null);
    await feed.attach();
    current().row(0, 1);
    const bootNs = at(1);
    at(3);
    current().beat(bootNs, 9, 9);
    feed.tick(2 * SECOND);
    expect(gaps()).toEqual([]);
    await feed.stop();
  });
});

test("a bpftrace that ends well and never prints its last figures leaves a hole", async () => {
  const { feed, at, gaps, current } = stage(null);
  await feed.attach();
  current().row(0, 1);
  current().beat(at(1), 1, 1);
  current().row(0, 2);
  current().row(0, 3);
  at(2);
  await feed.stop();
  expect(gaps()).toMatchObject([{ from: SECOND, t: 2 * SECOND, cause: "hung", count: null }]);
  expect(feed.account.ledger(0)).toMatchObject({ counted: 3, received: 3, balanced: true });
});

test("a run that the kernel skips after a heartbeat was sent and before it is read lies in the gap", async () => {
  let skipped = 0;
  const read = vi.spyOn(SkippedRuns.prototype, "read").mockImplementation(() => skipped);
  onTestFinished(() => read.mockRestore());
  const { feed, at, gaps, current } = stage(null);
  await feed.attach();
  const first = at(1);
  at(1.4);
  current().beat(first, 0, 0);
  const second = at(2);
  at(2.3);
  skipped = 2;
  current().beat(second, 0, 0);
  expect(gaps()).toMatchObject([
    { from: 1.4 * SECOND, t: 2.3 * SECOND, cause: "skipped", count: 2 },
  ]);
  await feed.stop();
  expect(feed.account.ledger(0)).toMatchObject({ skipped: 2 });
});

test.each([
  ["rows that bpftrace leaves behind when it ends", (run: FakeRun) => run.left(5, 2)],
  ["lives that the kernel held to the end", (run: FakeRun) => run.holds(3)],
])("%s are lost, and counted", async (_, leave) => {
  const { feed, at, gaps, current } = stage(null);
  await feed.attach();
  current().row(0, 1);
  at(1);
  leave(current());
  current().maps(1, 1);
  await feed.stop();
  expect(feed.account.ledger(0)).toMatchObject({
    counted: 4,
    received: 1,
    lost: 3,
    balanced: true,
  });
  expect(gaps()).toMatchObject([{ cause: "lost", count: 3, t: SECOND }]);
});

test("what is beside the wanted networks is accounted for and goes no further", async () => {
  const networks = ["127.0.0.0/8", "::1"].map((text) => parseNetwork(text) as Network);
  const told = async (network: Network) => {
    const { feed, events, current } = stage(null, new KernelFilter({ networks: [network] }));
    await feed.attach();
    current().row(0, 1);
    await feed.stop();
    expect(feed.account.received).toBe(1);
    return events.some(({ type }) => type === "transition");
  };
  expect(await Promise.all(networks.map(told))).toEqual([true, false]);
});
