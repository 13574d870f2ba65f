/** Two recordings compared: rates, times, findings, and what the two may be trusted for. */
import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import { buildDiff, type DiffReport } from "../../src/export/diff-report.ts";
import { type DiffSide, diffSide } from "../../src/export/diff-side.ts";
import { diffLines } from "../../src/export/diff-text.ts";
import type { RecordingFrame } from "../../src/export/report.ts";
import { hostileNames } from "./hostile-names.ts";
import { endpointOf, ms, phasesOf, resendsOf, s } from "./synthetic-endpoint.ts";
import { INCIDENT_END, incident } from "./synthetic-incident.ts";
import { headerOf, ledgerOf, type SyntheticTrace, viewOf } from "./synthetic-trace.ts";

function sideOf(
  trace: SyntheticTrace,
  endNs: number,
  frame: Partial<RecordingFrame> = {},
  file = "run.ndjson",
): DiffSide {
  const footer = { type: "footer", t: endNs, ledger: trace.ledger ?? ledgerOf(100) } as const;
  const whole = { header: headerOf(), footer, closedCleanly: true, endNs, ...frame };
  return diffSide(viewOf(trace, endNs), whole, file);
}

function diffOf(a: Endpoint[], b: Endpoint[], aEnd = s(120), bEnd = s(60)): DiffReport {
  return buildDiff(sideOf({ endpoints: a }, aEnd), sideOf({ endpoints: b }, bEnd));
}

function ended(id: string, at: number, fields: Partial<Endpoint> = {}): Endpoint {
  return endpointOf(id, {
    teardownAt: at,
    endedAt: at,
    state: "CLOSE",
    verdict: "graceful",
    role: "active",
    ...fields,
  });
}

function findingOf(fields: Partial<Finding>): Finding {
  return {
    id: "f1",
    kind: "stuck-close-wait",
    key: "1",
    severity: "warning",
    since: s(1),
    until: null,
    subject: { pid: 7, comm: "app" },
    count: 3,
    summary: "app (pid 7) has not closed 3 connections that the peer has closed",
    endpoints: [],
    evidence: [],
    ...fields,
  };
}

function textOf(report: DiffReport): string {
  return `${[...diffLines(report)].join("\n")}\n`;
}

test("counts are compared as rates, since no two recordings are of one length", () => {
  const four = ["e1", "e2", "e3", "e4"].map((id) => ended(id, s(10)));
  const report = diffOf(four, four);
  const twice = { a: { count: 4, perMinute: 2 }, b: { count: 4, perMinute: 4 }, ratio: 2 };
  expect(report.teardowns).toEqual(twice);
  expect(report.byVerdict.graceful).toEqual(twice);
  expect(report.byRole.active).toEqual(twice);
  expect(report.byVerdict.killed).toEqual({
    a: { count: 0, perMinute: 0 },
    b: { count: 0, perMinute: 0 },
    ratio: null,
  });
});

test("who is only connected is no teardown", () => {
  const report = diffOf([endpointOf("e1")], [endpointOf("e1"), ended("e2", s(1))]);
  expect(report.teardowns).toMatchObject({ a: { count: 0 }, b: { count: 1 }, ratio: null });
  expect(report.byVerdict.unfinished).toMatchObject({ a: { count: 0 }, b: { count: 0 } });
});

test("of a slice only what happened in its time is counted", () => {
  const old = ended("e1", s(10), {
    phases: phasesOf([["FIN_WAIT1", s(9)]], s(10)),
    resends: resendsOf("FIN", [s(9.2), s(9.6)]),
  });
  const own = ended("e2", s(70), {
    phases: phasesOf([["FIN_WAIT1", s(50)]], s(70)),
    resends: resendsOf("DATA+FIN", [s(55), s(65)]),
  });
  const of = { to: s(500), events: 9, closedCleanly: true };
  const header = headerOf({ slice: { from: s(60), to: s(90), of } });
  const findings = [
    findingOf({ until: s(20) }),
    findingOf({ id: "f2", since: s(2), until: s(61), subject: { comm: "late" } }),
  ];
  const side = sideOf({ endpoints: [old, own], findings }, s(90), { header });
  expect(side).toMatchObject({
    from: "2026-11-21T05:01:00.123456Z",
    to: "2026-11-21T05:01:30.123456Z",
    seconds: 30,
    teardowns: 1,
    retransmits: { FIN: 1, DATA: 0, SYN: 0 },
    phaseMs: { FIN_WAIT1: { count: 1, p50: 20_000 } },
  });
  expect([...side.findings.values()].map(({ subject }) => subject)).toEqual([{ comm: "late" }]);
});

test("percentiles are exact, however short the times are", () => {
  const run = (scale: number) =>
    Array.from({ length: 100 }, (_, i) =>
      ended(`e${i}`, s(1), { phases: phasesOf([["LAST_ACK", 0]], ms(0.001 * (i + 1) * scale)) }),
    );
  expect(diffOf(run(1), run(1.5)).phaseMs).toEqual({
    LAST_ACK: {
      a: { count: 100, p50: 0.05, p90: 0.09, p99: 0.099, max: 0.1 },
      b: { count: 100, p50: 0.075, p90: 0.135, p99: 0.149, max: 0.15 },
      ratio: { p50: 1.5, p90: 1.5, p99: 1.505 },
    },
  });
});

test("a stay whose beginning nobody saw, or whose end, has no length", () => {
  const open = endpointOf("e1", { phases: phasesOf([["CLOSE_WAIT", s(1)]]) });
  const [phase] = phasesOf([["ESTABLISHED", s(1)]], s(9));
  const older = ended("e2", s(9), { phases: phase ? [{ ...phase, atLeast: true }] : [] });
  expect(diffOf([open, older], [open]).phaseMs).toEqual({});
  expect(textOf(diffOf([open], [open]))).toContain("TIME IN STATE: no state was left");
});

test("findings are matched by kind and subject, whatever the process id is", () => {
  const remote = (address: string) => ({ remote: address });
  const a = [
    findingOf({}),
    findingOf({ id: "f2", until: s(9), count: 8, severity: "critical" }),
    findingOf({ id: "f3", kind: "stuck-last-ack", subject: remote("10.0.0.1") }),
    findingOf({ id: "f4", kind: "stuck-fin-wait1", subject: remote("10.0.0.1") }),
  ];
  const b = [
    findingOf({ subject: { comm: "app", pid: 99 }, since: s(5), until: s(6) }),
    findingOf({ id: "f2", kind: "stuck-last-ack", subject: remote("10.0.0.2") }),
    findingOf({ id: "f3", kind: "stuck-fin-wait1", subject: remote("10.0.0.1") }),
  ];
  const { came, went, stayed } = buildDiff(
    sideOf({ endpoints: [], findings: a }, s(60)),
    sideOf({ endpoints: [], findings: b }, s(60)),
  ).findings;
  expect(came).toMatchObject([{ kind: "stuck-last-ack", subject: remote("10.0.0.2"), a: null }]);
  expect(went).toMatchObject([{ kind: "stuck-last-ack", subject: remote("10.0.0.1"), b: null }]);
  expect(stayed.map(({ kind }) => kind)).toEqual(["stuck-close-wait", "stuck-fin-wait1"]);
  expect(stayed[0]).toEqual({
    kind: "stuck-close-wait",
    severity: "warning",
    subject: { comm: "app" },
    a: {
      severity: "critical",
      times: 2,
      connections: 8,
      since: "2026-11-21T05:00:01.123456Z",
      isOpen: true,
      summary: findingOf({}).summary,
    },
    b: {
      severity: "warning",
      times: 1,
      connections: 3,
      since: "2026-11-21T05:00:05.123456Z",
      isOpen: false,
      summary: findingOf({}).summary,
    },
  });
});

test("what is missing of either stands before any difference, and what makes them unlike", () => {
  const ledger = ledgerOf(100, { received: 90, lost: 10 });
  const header = headerOf({ hostname: "web-2", kernel: "5.15.0" });
  const report = buildDiff(
    sideOf({ endpoints: [] }, s(600)),
    sideOf({ endpoints: [], ledger }, s(60), { header, closedCleanly: false }),
  );
  expect(report.a).toMatchObject({ complete: true, missing: [] });
  expect(report.b.complete).toBe(false);
  expect(report.caveats).toEqual([
    "B is much shorter: what takes time to be found may be missing in it.",
    "They are of different hosts.",
    "They are of different kernels, which may show more or less.",
  ]);
  const text = textOf(report);
  const [lost, torn, table] = ["10 records lost", "not closed cleanly", "TEARDOWNS"].map((part) =>
    text.indexOf(part),
  );
  expect(lost).toBeGreaterThan(0);
  expect(torn).toBeGreaterThan(lost ?? 0);
  expect(table).toBeGreaterThan(torn ?? 0);
});

test("a recording without length has no rate", () => {
  const report = diffOf([ended("e1", 0)], [ended("e1", 0)], 0, s(60));
  expect(report.teardowns).toEqual({
    a: { count: 1, perMinute: null },
    b: { count: 1, perMinute: 1 },
    ratio: null,
  });
  expect(textOf(report)).toMatch(/^ {2}all +1 +- +1 +1\.00 +-$/m);
});

test("the text is 80 columns wide at most and stays as it is", async () => {
  const half = { ...incident(), endpoints: [...incident().endpoints].slice(0, 6) };
  const later = { ...half, findings: incident().findings?.slice(1) ?? [] };
  const report = buildDiff(
    sideOf(later, s(100), {}, "before.ndjson"),
    sideOf(incident(), INCIDENT_END, {}, "after.ndjson"),
  );
  const text = textOf(report);
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(text).not.toMatch(/ $/m);
  await expect(text).toMatchFileSnapshot("golden/diff.text.golden");
});

test("no name reaches the terminal raw", () => {
  for (const name of hostileNames(2000, 5)) {
    const findings = [findingOf({ subject: { comm: name }, summary: `${name} holds` })];
    const header = headerOf({ hostname: name.slice(0, 200), kernel: name.slice(0, 200) });
    const side = sideOf({ endpoints: [], findings }, s(60), { header }, name);
    const lines = [...diffLines(buildDiff(side, sideOf({ endpoints: [] }, s(60))))];
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u);
  }
});

test("times are not compared where what ended well was only counted, and that is said", () => {
  const phases = phasesOf([["FIN_WAIT1", 0]], s(2));
  const trace = { endpoints: [ended("e1", s(2), { phases })] };
  const whole = sideOf(trace, s(120));
  const aggregate = sideOf(trace, s(120), {
    header: { ...headerOf(), detail: "aggregate", sampled: 100 },
  });
  expect(buildDiff(whole, whole).phaseMs).not.toEqual({});
  const said = (a: DiffSide, b: DiffSide) => {
    const report = buildDiff(a, b);
    expect(report.phaseMs).toEqual({});
    expect(textOf(report)).toContain("TIME IN STATE: not compared");
    return report.caveats.join("\n");
  };
  expect(said(aggregate, whole)).toMatch(/ended well in A most was only counted/);
  expect(said(whole, aggregate)).toMatch(/ended well in B most was only counted/);
  expect(said(aggregate, aggregate)).toMatch(/ended well in A and B most was only counted/);
});
