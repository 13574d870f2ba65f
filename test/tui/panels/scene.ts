// Makes scenes of endpoints that a test made by hand, without a trace behind them.
import type { Endpoint } from "../../../src/core/endpoint.ts";
import type { Finding } from "../../../src/core/finding.ts";
import type { Listener } from "../../../src/core/listener-table.ts";
import type { PortOutlook } from "../../../src/core/port-outlook.ts";
import type { LoggedEvent } from "../../../src/core/recent-events.ts";
import type { SeriesPoint } from "../../../src/core/series.ts";
import type { DetailEvent } from "../../../src/event/detail.ts";
import type { ProcessEvent } from "../../../src/event/trace-event.ts";
import { type AnyPanel, type Scene, stillLook } from "../../../src/tui/panels/panel.ts";
import type { Watched } from "../../../src/tui/watched.ts";
import { HEADER } from "../dashboard.ts";
import type { MountOptions } from "../harness.ts";
import { paintGrid } from "../paint.ts";

/** What a scene holds; empty where absent. */
export interface SceneParts {
  readonly now?: number;
  readonly endpoints?: readonly Endpoint[];
  readonly findings?: readonly Finding[];
  readonly series?: readonly SeriesPoint[];
  readonly processes?: readonly ProcessEvent[];
  readonly listener?: Listener;
  readonly trend?: readonly number[];
  /** The newest first. */
  readonly log?: readonly LoggedEvent[];
  readonly ports?: PortOutlook;
  /** The newest move to another detail. */
  readonly detail?: DetailEvent | null;
}

/** A scene that holds exactly these parts. */
export function sceneOf(parts: SceneParts): Scene {
  const { now = 0, endpoints = [], findings = [], series = [], processes = [] } = parts;
  const inState = (state: string) =>
    endpoints.filter((each) => each.state === state && each.endedAt === null);
  const watched: Watched = {
    now,
    count: (state) => inState(state).length,
    waiting: inState,
    recent: (count) => [...endpoints].reverse().slice(0, count),
    endpoint: (id) => endpoints.find((each) => each.id === id),
    findings: () => findings,
    trend: () => parts.trend ?? [],
    series: (seconds) => series.slice(-seconds),
    after: () => [],
    living: (state, most) => inState(state).slice(0, most),
    endpointOf: (tuple) => endpoints.find((each) => each.tuple === tuple),
    log: (count) => (parts.log ?? []).slice(0, count),
    ports: () => parts.ports ?? { destinations: [], listeners: [] },
    detail: () => parts.detail ?? null,
    ledger: () => ({
      counted: 0,
      received: 0,
      lost: 0,
      skipped: 0,
      unparsed: 0,
      evicted: 0,
      balanced: true,
    }),
    process: (pid) => processes.find((each) => each.pid === pid),
    listenerOf: () => parts.listener,
  };
  return {
    watched,
    now,
    since: 0,
    header: HEADER,
    teller: { sentence: () => "Told in one sentence.", advice: () => [{ text: "Call close()." }] },
    passes: () => true,
    sortOf: () => null,
    clock: (t) => new Date(t / 1e6).toISOString().slice(11, 19),
  };
}

/** Draw a panel alone and return its text. */
export function drawn(
  panel: AnyPanel,
  scene: Scene,
  cols = 76,
  rows = 10,
  options: MountOptions = {},
): string {
  const shown = panel.show(scene);
  const look = stillLook(scene, shown.keys);
  return paintGrid(cols, rows, (painter) => shown.draw(painter, look), options).text();
}

/** A finding of one kind that still holds. */
export function findingOf(fields: Partial<Finding>): Finding {
  return {
    id: "f1",
    kind: "stuck-close-wait",
    key: "k",
    severity: "warning",
    since: 0,
    until: null,
    subject: {},
    count: 1,
    summary: "",
    endpoints: [],
    evidence: [],
    ...fields,
  };
}
