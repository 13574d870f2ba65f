// Every view over a host whose processes, addresses and findings all carry hostile names.
import { afterEach, describe, expect, it } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { paintHeader, paintStatus, paintStrip } from "../../src/tui/app-health.ts";
import { createChart } from "../../src/tui/chart.ts";
import type { Painter } from "../../src/tui/painter.ts";
import { createPanels } from "../../src/tui/panels/index.ts";
import { membersPanel } from "../../src/tui/panels/members.ts";
import { type AnyPanel, anyPanel, type Scene, stillLook } from "../../src/tui/panels/panel.ts";
import { timelinePanel } from "../../src/tui/panels/timeline.ts";
import { paintVitals } from "../../src/tui/panels/vitals.ts";
import { characterWidth } from "../../src/tui/text.ts";
import { endpointOf, phasesOf, s } from "../export/synthetic-endpoint.ts";
import { HEADER } from "./dashboard.ts";
import { type Mounted, mount } from "./harness.ts";
import { HARMFUL, nameMaker, OWN } from "./hostile-names.ts";
import { paintGrid } from "./paint.ts";
import { findingOf, sceneOf } from "./panels/scene.ts";

const NAMES = 100_000;
const [COLS, ROWS] = [200, 60];
const STATES = ["CLOSE_WAIT", "FIN_WAIT1", "FIN_WAIT2", "LAST_ACK", "ESTABLISHED"] as const;

let mounted: Mounted | null = null;
afterEach(() => {
  mounted?.close();
  mounted = null;
});

/** A host of so many endpoints, every text of which is hostile; `count.names` counts them. */
function hostileScene(name: () => string): Scene {
  const tupleOf = (i: number) => ({
    netns: 1,
    local: i % 3 === 0 ? name() : "10.0.0.5",
    localPort: 443,
    remote: i % 3 === 0 ? name() : "10.0.0.9",
    remotePort: 50_000 + i,
  });
  const endpoints: Endpoint[] = Array.from({ length: 60 }, (_, i) => {
    const state = STATES[i % STATES.length] ?? "CLOSE_WAIT";
    return endpointOf(`e${i}`, {
      state,
      tuple: tupleOf(i),
      teardownAt: s(1),
      phases: phasesOf([[state, s(i)]]),
      owner: { pid: 100 + i, comm: name(), source: "accept", confidence: "likely" },
      holders: [{ pid: 5000 + i, comm: name(), fds: [3] }],
      unread: i % 2 === 0 ? "drained" : "not-accepted",
      resends: [{ at: s(2), kind: "FIN", cause: "RTO", attempt: 1, rtoMs: 200, orphan: false }],
      note: name(),
    });
  });
  const processes = endpoints.map(({ owner }) => ({
    type: "process" as const,
    t: 0,
    pid: owner?.pid ?? 0,
    startTicks: 1,
    comm: name(),
    exe: name(),
    cmdline: name() + name(),
    uid: 0,
    unit: name(),
    container: name(),
    fdLimit: 1024,
    fdCount: 10,
  }));
  const findings = Array.from({ length: 40 }, (_, i) =>
    findingOf({
      id: `f${i}`,
      subject: i % 2 === 0 ? { pid: i, comm: name() } : { listener: name() },
      summary: name() + name(),
      evidence: [name(), name()],
      endpoints: [`e${i}`],
      until: i % 4 === 0 ? s(50) : null,
    }),
  );
  const log = Array.from({ length: 60 }, (_, i) => {
    const mark = { t: s(60 - i), cpu: 0, seq: i, sk: "ffff", pid: 1, ...tupleOf(i) };
    const event =
      i % 2 === 0
        ? {
            ...mark,
            type: "transition",
            from: "CLOSE",
            to: "SYN_SENT",
            comm: name(),
            inProcess: true,
          }
        : { ...mark, type: "reset", direction: "sent", state: null, reason: name() };
    return { no: 60 - i, event: event as TraceEvent };
  });
  const ports = {
    destinations: Array.from({ length: 30 }, (_, i) => ({
      netns: 1,
      local: name(),
      remote: name(),
      remotePort: i,
      used: i * 900,
      waiting: i,
      ports: 28_232,
      isAssumed: false,
      growth: i,
      secondsLeft: i % 2 === 0 ? i : null,
    })),
    listeners: Array.from({ length: 30 }, (_, i) => ({ netns: 1, port: i, waiting: 5, most: 100 })),
  };
  const listener = {
    netns: 1,
    local: name(),
    port: 443,
    inode: 1,
    pid: 7,
    comm: name(),
    holders: [],
    scan: null,
  };
  const scene = sceneOf({ now: s(100), endpoints, processes, findings, log, ports, listener });
  const teller = {
    sentence: () => `${name()} ${name()}`,
    advice: () => [{ text: name(), sysctl: name(), current: name() }],
  };
  const header = { ...HEADER, hostname: name(), kernel: name(), filters: { comm: [name()] } };
  return { ...scene, teller, header };
}

/** All panels, and those that Enter opens. */
function panelsOf(scene: Scene): AnyPanel[] {
  const [endpoint] = scene.watched.living("CLOSE_WAIT", 1);
  const about = scene.watched.findings().map(({ summary }) => [{ text: summary }]);
  const endpoints = scene.watched.recent(60);
  return [
    ...createPanels(createChart(null)).values(),
    anyPanel(
      membersPanel({ kind: "members", id: "m", title: "m", of: () => ({ about, endpoints }) }),
    ),
    ...(endpoint === undefined
      ? []
      : [anyPanel(timelinePanel({ kind: "teardown", id: endpoint.id, endpoint }))]),
  ];
}

/** One panel over the whole screen, with a mark at the end of each of its rows. */
function paintView(painter: Painter, panel: AnyPanel, scene: Scene, name: () => string): void {
  const doing = {
    mode: "live",
    starting: null,
    isMasked: false,
    notice: null,
    speed: 1,
    paused: null,
    ended: null,
    filter: name(),
    problem: name(),
  } as const;
  const line = (y: number) => painter.within({ x: 0, y, width: COLS - 1, height: 1 });
  paintHeader(line(0), scene, doing);
  paintStrip(line(1), scene);
  paintVitals(line(2), scene, true);
  paintStatus(line(ROWS - 1), scene, doing, []);
  const inside = painter.within({ x: 0, y: 3, width: COLS - 1, height: ROWS - 4 });
  const shown = panel.show(scene);
  shown.draw(inside, stillLook(scene, shown.keys));
  for (let y = 0; y < ROWS; y++) painter.put(COLS - 1, y, "|");
}

describe("a hundred thousand hostile names, on every view", () => {
  it("leave no character that acts, and every row as wide as the screen", () => {
    let names = 0;
    const make = nameMaker(6);
    const name = () => {
      names++;
      return make();
    };
    const shown = new Set<string>();
    while (names < NAMES) {
      const scene = hostileScene(name);
      for (const panel of panelsOf(scene)) {
        const text = paintGrid(COLS, ROWS, (painter) =>
          paintView(painter, panel, scene, name),
        ).text();
        if (HARMFUL.test(text.replaceAll("\n", "")))
          expect.fail(`${panel.name}: ${HARMFUL.exec(text)?.[0]}`);
        for (const row of text.split("\n")) {
          let width = 0;
          for (const ch of row) width += characterWidth(ch);
          if (width !== COLS || !row.endsWith("|")) expect.fail(`${panel.name}: ${width} ${row}`);
        }
        shown.add(panel.name);
      }
    }
    expect([...shown]).toEqual(expect.arrayContaining(["findings", "close-wait", "log", "ports"]));
  });

  it("reach the terminal as they were painted, and nothing else does", async () => {
    const screen = mount(COLS, ROWS);
    mounted = screen;
    const name = nameMaker(7);
    const scene = hostileScene(name);
    await screen.settle();
    screen.takeWritten();
    for (const panel of panelsOf(scene)) {
      await screen.draw((painter) => paintView(painter, panel, scene, name));
      const left = screen.takeWritten().replace(OWN, "");
      if (HARMFUL.test(left)) expect.fail(`sent ${JSON.stringify(HARMFUL.exec(left)?.[0])}`);
      expect(screen.text()).toBe(screen.terminal.frame.text());
    }
  });
});
