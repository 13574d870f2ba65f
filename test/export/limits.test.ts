import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import { html } from "../../src/export/html.ts";
import { markdown } from "../../src/export/markdown.ts";
import { mermaid } from "../../src/export/mermaid.ts";
import { perfetto } from "../../src/export/perfetto.ts";
import { tellingEndpoints } from "../../src/export/telling.ts";
import { text } from "../../src/export/text.ts";
import { timelineOf } from "../../src/export/timeline.ts";
import { endpointOf, ms, phasesOf, resendsOf, s, waveOf } from "./synthetic-endpoint.ts";
import { INCIDENT_FINDINGS } from "./synthetic-findings.ts";
import { gracefulPair, INCIDENT_END, incident, incidentEndpoints } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

/** An endpoint whose ladder has hundreds of rows that cannot be joined. */
function busyEndpoint(): Endpoint {
  const moments = Array.from({ length: 200 }, (_, i) => s(1) + i * ms(10));
  const resends = moments.flatMap((at, i) => resendsOf(i % 2 === 0 ? "DATA" : "FIN", [at]));
  return endpointOf("e1", {
    role: "active",
    verdict: "timed-out",
    teardownAt: s(1),
    endedAt: s(9),
    phases: phasesOf([["FIN_WAIT1", s(1)]], s(9)),
    waves: [waveOf(1, "local", s(1))],
    resends,
  });
}

const manyFindings = (count: number): Finding[] =>
  Array.from({ length: count }, (_, i) => ({
    ...(INCIDENT_FINDINGS[i % 4] as Finding),
    id: `f${i + 1}`,
    key: String(i),
    since: s(i),
    until: s(i + 1),
    evidence: ["a", "b", "c"].map((text) => `${text}${i}`),
  }));

test("a diagram has at most 50 arrows and says how many it leaves out", () => {
  const document = [...mermaid.render(reportOf({ endpoints: [busyEndpoint()] }, s(10)))].join("");
  expect(document.match(/->>|--x|-x/g)).toHaveLength(50);
  expect(document).toContain("151 more left out here");
});

test("a post-mortem has at most 60 lines, whatever happened", () => {
  const endpoints = [busyEndpoint(), ...incidentEndpoints().slice(1)];
  const report = reportOf({ endpoints, findings: manyFindings(300) }, INCIDENT_END);
  const lines = [...markdown.render(report)].join("").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(lines.join("\n")).toMatch(/\d+ more left out/);
  expect(lines.join("\n")).toMatch(/more pieces of evidence in the full report/);
});

test("one endpoint of each finding is told before the second of any", () => {
  const ids = tellingEndpoints(reportOf(incident(), INCIDENT_END), 8).map(({ id }) => id);
  expect(ids.slice(0, 3)).toEqual(["e4", "e7", "e14"]);
  expect(ids).toContain("e8");
  expect(ids.indexOf("e5")).toBe(-1);
});

test("a second picture of one shape waits until each shape has been shown", () => {
  const deaf = Array.from({ length: 6 }, (_, i) =>
    endpointOf(`e${i + 1}`, {
      verdict: "timed-out",
      role: "active",
      teardownAt: s(1),
      endedAt: s(9),
    }),
  );
  const reset = { verdict: "reset-sent", role: "none", teardownAt: s(1), endedAt: s(1) } as const;
  const endpoints = [...deaf, endpointOf("e7", reset)];
  const findings = deaf.map(({ id }, i) => ({
    ...(INCIDENT_FINDINGS[1] as Finding),
    id: `f${i + 1}`,
    endpoints: [id],
  }));
  const report = reportOf({ endpoints, findings }, s(10));
  const ids = (count: number) => tellingEndpoints(report, count).map(({ id }) => id);
  expect(ids(3)).toEqual(["e1", "e7", "e2"]);
  expect(ids(2)).toEqual(["e1", "e7"]);
});

test("the same advice is given once, and referred to after that", () => {
  const findings = manyFindings(8);
  const report = reportOf({ endpoints: [], findings }, s(10));
  const advice = report.findings.map(({ advice: [first] }) => first?.text ?? "");
  expect(new Set(advice).size).toBe(4);
  const document = [...text.render(report)].join("");
  expect(document.match(/What to do: as for f\d above/g)).toHaveLength(4);
  const page = [...html.render(report)].join("");
  expect(page.match(/As for <a href="#finding-f\d">f\d<\/a> above/g)).toHaveLength(4);
});

test("of two ends of a connection the first closer stands for both", () => {
  const endpoints = incidentEndpoints().filter(({ id }) => id === "e11" || id === "e12");
  const told = tellingEndpoints(reportOf({ endpoints: endpoints.toReversed() }, INCIDENT_END), 8);
  expect(told.map(({ id }) => id)).toEqual(["e11"]);
});

test("the end that a finding names stands for both, and so does the one that sent the RST", () => {
  const [active, passive] = gracefulPair();
  const finding = { ...(INCIDENT_FINDINGS[0] as Finding), endpoints: [passive.id] };
  const endpoints = [active, passive];
  const named = tellingEndpoints(reportOf({ endpoints, findings: [finding] }, s(20)), 8);
  expect(named).toEqual([passive]);
  const reset = { role: "none", teardownAt: s(1), endedAt: s(1) } as const;
  const victim = endpointOf("e1", { ...reset, verdict: "reset-received" });
  const sender = endpointOf("e2", { ...reset, verdict: "reset-sent", peer: victim });
  victim.peer = sender;
  const told = tellingEndpoints(reportOf({ endpoints: [victim, sender] }, s(2)), 8);
  expect(told).toEqual([sender]);
});

test("one close by the book is enough, and a gap makes none of them telling", () => {
  const endpoints = [gracefulPair(), gracefulPair(s(3))].flat();
  const ids = endpoints.map((endpoint, i) => Object.assign(endpoint, { id: `e${i + 1}` }).id);
  const gap = { ...(INCIDENT_FINDINGS[3] as Finding), endpoints: ids };
  expect(tellingEndpoints(reportOf({ endpoints, findings: [gap] }, s(20)), 8)).toEqual([
    endpoints[0],
  ]);
});

test("an endpoint that never closed tells nothing", () => {
  expect(tellingEndpoints(reportOf({ endpoints: [endpointOf("e1")] }, s(1)), 8)).toEqual([]);
});

test("a short timeline keeps the grave beginnings and the order of time", () => {
  const report = reportOf(incident(), INCIDENT_END);
  const { entries, leftOut } = timelineOf(report, incidentEndpoints(), 3);
  expect(entries.map(({ source }) => source)).toEqual(["f2", "f1", "f4"]);
  expect(leftOut).toBeGreaterThan(5);
});

interface ChromeEvent {
  ph: string;
  ts: number;
  dur: number;
  tid: number;
  pid: number;
  id: string;
  name: string;
}

const eventsOf = (endpoints: Endpoint[]): ChromeEvent[] =>
  JSON.parse([...perfetto.render(reportOf({ endpoints }, INCIDENT_END))].join("")).traceEvents;

test("perfetto: slices of a track follow each other, even where a trace names them otherwise", () => {
  const crossed = endpointOf("e99", {
    phases: [
      { state: "FIN_WAIT1", from: s(5), to: s(7), evidence: "observed", atLeast: false },
      { state: "FIN_WAIT2", from: s(6), to: s(6.5), evidence: "observed", atLeast: false },
    ],
  });
  const slices = eventsOf([...incidentEndpoints(), crossed]).filter(({ ph }) => ph === "X");
  const ends = new Map<number, number>();
  for (const { tid, ts, dur } of slices) {
    expect(ts).toBeGreaterThanOrEqual(ends.get(tid) ?? 0);
    ends.set(tid, ts + dur);
  }
  expect(ends.size).toBe(15);
});

test("perfetto: each flow leaves one track and arrives on its peer's, inside a slice", () => {
  const events = eventsOf(incidentEndpoints());
  const starts = events.filter(({ ph }) => ph === "s");
  expect(starts).toHaveLength(8);
  for (const start of starts) {
    const end = events.find(({ ph, id }) => ph === "f" && id === start.id);
    if (end === undefined) throw new Error(`${start.id} does not arrive`);
    expect(end.tid).not.toBe(start.tid);
    expect(end.ts).toBeGreaterThanOrEqual(start.ts);
    for (const { tid, ts } of [start, end]) {
      const around = events.filter(
        (e) => e.ph === "X" && e.tid === tid && e.ts <= ts && ts < e.ts + e.dur,
      );
      expect(around).toHaveLength(1);
    }
  }
});

test("perfetto: the flow of a FIN that was lost at first begins where it was sent again", () => {
  const endpoints = incidentEndpoints().filter(({ id }) => id === "e11" || id === "e12");
  const [again] = endpoints[0]?.resends ?? [];
  if (again === undefined) throw new Error("e11 sends nothing again");
  const events = eventsOf(endpoints);
  expect(events.find(({ ph, id }) => ph === "s" && id === "e11.1")?.ts).toBe(again.at / 1000);
});
