import { expect, test } from "vitest";
import { buildReport } from "../../src/export/report.ts";
import { endpointOf, ms, phasesOf, s } from "./synthetic-endpoint.ts";
import { gracefulPair, INCIDENT_END, incident } from "./synthetic-incident.ts";
import { headerOf, ledgerOf, reportOf, viewOf } from "./synthetic-trace.ts";

const frame = { header: headerOf(), footer: null, closedCleanly: false, endNs: s(20) };

test("the state that lasts is measured to the end of the recording", () => {
  const endpoint = endpointOf("e1", {
    state: "CLOSE_WAIT",
    phases: phasesOf([["CLOSE_WAIT", s(8)]]),
  });
  const [first] = reportOf({ endpoints: [endpoint] }, s(20)).endpoints;
  expect(first?.phases).toEqual([
    {
      state: "CLOSE_WAIT",
      from: "2026-11-21T05:00:08.123456Z",
      to: null,
      ms: 12_000,
      evidence: "observed",
    },
  ]);
});

test("an undecided verdict reads unfinished", () => {
  const [first] = reportOf({ endpoints: [endpointOf("e1")] }, s(1)).endpoints;
  expect(first?.verdict).toBe("unfinished");
});

test("durations keep the microsecond", () => {
  const phases = phasesOf([["FIN_WAIT1", 0]], ms(0.0414));
  const [first] = reportOf({ endpoints: [endpointOf("e1", { phases })] }, s(1)).endpoints;
  expect(first?.phases[0]?.ms).toBe(0.041);
});

test("an endpoint is complete only where neither it nor the ledger misses anything", () => {
  const whole = endpointOf("e1");
  const holed = endpointOf("e2", { isComplete: false });
  const overlapped = endpointOf("e3");
  const view = viewOf({ endpoints: [whole, holed, overlapped] }, s(1));
  const gap = { ...view, isComplete: (endpoint: unknown) => endpoint !== overlapped };
  const report = buildReport(gap, frame);
  expect([...report.endpoints].map(({ id, complete }) => [id, complete])).toEqual([
    ["e1", true],
    ["e2", false],
    ["e3", false],
  ]);
});

test("the owner carries what is known of the process", () => {
  const stuck = [...reportOf(incident(), INCIDENT_END).endpoints].find(({ id }) => id === "e4");
  expect(stuck?.owner).toEqual({
    pid: 812,
    comm: "php-fpm",
    exe: "/usr/sbin/php-fpm8.2",
    unit: "php8.2-fpm.service",
    container: null,
    source: "accept",
    confidence: "certain",
    cmdline: "php-fpm: pool www",
    uid: 33,
    user: null,
    pod: null,
    startedAt: null,
  });
});

test("peers name each other", () => {
  const [client, server] = reportOf({ endpoints: gracefulPair() }, s(20)).endpoints;
  expect([client?.peer, server?.peer]).toEqual(["e2", "e1"]);
});

test("the footer's account stands, the larger number of evicted endpoints with it", () => {
  const read = ledgerOf(50, { evicted: 7 });
  const footer = {
    type: "footer",
    t: s(20),
    ledger: ledgerOf(100, { lost: 2, received: 98 }),
  } as const;
  const view = viewOf({ endpoints: [], ledger: read }, s(20));
  const report = buildReport(view, { ...frame, footer, closedCleanly: true });
  expect(report.recording.ledger).toMatchObject({ counted: 100, lost: 2, evicted: 7 });
});

test("without a footer the account that the events told stands", () => {
  const view = viewOf({ endpoints: [], ledger: ledgerOf(50) }, s(20));
  const { recording } = buildReport(view, frame);
  expect(recording.ledger.counted).toBe(50);
  expect(recording.closedCleanly).toBe(false);
});

test("endpoints can be walked twice", () => {
  const report = reportOf(incident(), INCIDENT_END);
  expect([...report.endpoints]).toEqual([...report.endpoints]);
});

test("each finding carries the adviser's advice", () => {
  const { endpoints, findings = [] } = incident();
  const view = viewOf({ endpoints, findings }, INCIDENT_END);
  const report = buildReport(view, frame, {
    adviser: ({ kind }) => [{ text: `mind the ${kind}` }],
  });
  expect(report.findings[0]?.advice).toEqual([{ text: "mind the stuck-close-wait" }]);
});
