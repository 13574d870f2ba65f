/** What a check answers for every combination of what is seen, and when it must not be believed. */
import { describe, expect, test } from "vitest";
import type { Endpoint, Resend } from "../../src/core/endpoint.ts";
import type { Finding, FindingKind, Severity } from "../../src/core/finding.ts";
import { judge } from "../../src/core/health.ts";
import { type Measure, measuresOf } from "../../src/core/health-measures.ts";
import {
  DEFAULT_RULES,
  type HealthRules,
  LEVELS,
  type Level,
  type Limits,
  levelOf,
  secondsToShow,
} from "../../src/core/health-rules.ts";
import { lossesOf } from "../../src/core/losses.ts";
import { PortGroup } from "../../src/core/port-group.ts";
import type { TraceView } from "../../src/core/trace.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import { endpointOf, s } from "../export/synthetic-endpoint.ts";
import { ledgerOf, viewOf } from "../export/synthetic-trace.ts";
import { peerOf, SOFTIRQ, Story, sock } from "./story.ts";

const NOW = s(100);
/** Above 2 is a WARNING, above 4 CRITICAL. */
const LIMITS: Limits = { warning: 2, critical: 4 };
/** How many things there are for each level. */
const COUNTS: Readonly<Record<Level, number>> = { OK: 2, WARNING: 3, CRITICAL: 5 };
const SEVERITIES = [null, "info", "warning", "critical"] as const;

let ids = 0;

function inState(state: TcpState, sinceS: number, atLeast = false): Endpoint {
  return endpointOf(`e${++ids}`, {
    state,
    phases: [{ state, from: s(sinceS), to: null, evidence: "observed", atLeast }],
  });
}

function resend(atS: number, attempt: number, kind: Resend["kind"] = "FIN"): Resend {
  return { at: s(atS), kind, cause: "RTO", attempt, rtoMs: 200, orphan: false };
}

function resending(fields: Partial<Endpoint> = {}): Endpoint {
  const resends = [resend(90, 1), resend(91, 2)];
  return endpointOf(`e${++ids}`, { state: "FIN_WAIT1", resends, ...fields });
}

/** Mini-sockets on `count` of ten ephemeral ports towards one destination. */
function waitingPorts(count: number): Endpoint[] {
  const tuple = { netns: 1, local: "10.0.0.1", localPort: 0, remote: "10.0.0.2", remotePort: 80 };
  const ports = new PortGroup(tuple);
  return Array.from({ length: count }, (_, i) =>
    endpointOf(`e${++ids}`, {
      state: "TIME_WAIT",
      isMini: true,
      ports,
      tuple: { ...tuple, localPort: 40_000 + i },
    }),
  );
}

const TEN_PORTS = { "net.ipv4.ip_local_port_range": "40000 40009" };

function finding(kind: FindingKind, severity: Severity, fields: Partial<Finding> = {}): Finding {
  return {
    id: "f1",
    kind,
    key: "x",
    severity,
    since: 0,
    until: null,
    subject: {},
    count: 1,
    summary: `a ${severity} ${kind}`,
    endpoints: [],
    evidence: [],
    ...fields,
  };
}

function rulesWith(change: Partial<HealthRules>): HealthRules {
  return { ...DEFAULT_RULES, ...change };
}

function measured(view: TraceView, name: string, rules = DEFAULT_RULES): Measure {
  const found = measuresOf(view, rules).find((measure) => measure.name === name);
  if (found === undefined) throw new Error(`no measure ${name}`);
  return found;
}

describe("a limit is what may just be", () => {
  test.each<[number, Limits, Level]>([
    [0, { warning: 0, critical: 0 }, "OK"],
    [1, { warning: 0, critical: 1 }, "WARNING"],
    [1, { warning: 0, critical: 0 }, "CRITICAL"],
    [50, { warning: 50, critical: 200 }, "OK"],
    [51, { warning: 50, critical: 200 }, "WARNING"],
    [200, { warning: 50, critical: 200 }, "WARNING"],
    [201, { warning: 50, critical: 200 }, "CRITICAL"],
    [201, { warning: 50, critical: null }, "WARNING"],
    [201, { warning: null, critical: 200 }, "CRITICAL"],
    [199, { warning: null, critical: 200 }, "OK"],
    [1e9, { warning: null, critical: null }, "OK"],
    [70, { warning: 70, critical: 90 }, "OK"],
    [70.01, { warning: 70, critical: 90 }, "WARNING"],
  ])("%d within %j is %s", (value, limits, level) => {
    expect(levelOf(value, limits)).toBe(level);
  });
});

describe("the worst of all that is seen, and UNKNOWN with any doubt", () => {
  const table = LEVELS.flatMap((state) =>
    LEVELS.flatMap((fin) =>
      LEVELS.flatMap((ports) => SEVERITIES.map((severity) => ({ state, fin, ports, severity }))),
    ),
  );
  const rules = rulesWith({
    states: { CLOSE_WAIT: LIMITS },
    finResends: LIMITS,
    waitingPorts: { warning: 20, critical: 40 },
  });

  test.each(table)("CLOSE_WAIT $state, FINs $fin, ports $ports, finding $severity", (row) => {
    const { state, fin, ports, severity } = row;
    const view = viewOf(
      {
        endpoints: [
          ...Array.from({ length: COUNTS[state] }, () => inState("CLOSE_WAIT", 50)),
          ...Array.from({ length: COUNTS[fin] }, () => resending()),
          ...waitingPorts(COUNTS[ports]),
        ],
        findings: severity === null ? [] : [finding("orphan-pressure", severity)],
        sysctls: TEN_PORTS,
      },
      NOW,
    );
    const bySeverity = { info: 0, warning: 1, critical: 2 };
    const most = Math.max(
      ...[state, fin, ports].map((level) => LEVELS.indexOf(level)),
      severity === null ? 0 : bySeverity[severity],
    );
    const level = LEVELS[most] as Level;
    const faults = [state, fin, ports].filter((each) => each !== "OK").length;
    const counting = severity === "warning" || severity === "critical" ? 1 : 0;

    const sure = judge(view, rules);
    expect(sure).toMatchObject({ verdict: level, level, doubts: [], findings: counting });
    expect(sure.faults).toHaveLength(faults + counting);
    const ranks = sure.faults.map((fault) => LEVELS.indexOf(fault.level));
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));

    const unsure = judge(view, rules, ["3 records lost"]);
    expect(unsure).toMatchObject({ verdict: "UNKNOWN", level, doubts: ["3 records lost"] });
    expect(unsure.faults).toEqual(sure.faults);
    const told = judge(view, { ...rules, despiteLoss: true }, ["3 records lost"]);
    expect(told.verdict).toBe(level === "OK" ? "UNKNOWN" : level);
  });
});

describe("findings", () => {
  const kinds = [
    finding("stuck-close-wait", "warning"),
    finding("port-exhaustion", "critical"),
    finding("half-close", "info"),
  ];
  const view = viewOf({ endpoints: [], findings: kinds }, NOW);

  test("count by severity, information not at all", () => {
    const { verdict, findings, faults } = judge(view, DEFAULT_RULES);
    expect({ verdict, findings }).toEqual({ verdict: "CRITICAL", findings: 2 });
    expect(faults.map(({ text }) => text)).toEqual([
      "port-exhaustion (CRITICAL): a critical port-exhaustion",
      "stuck-close-wait (WARNING): a warning stuck-close-wait",
    ]);
  });

  test.each<[string, HealthRules["findings"], Level]>([
    ["none", new Map(), "OK"],
    ["another", new Map([["orphan-pressure", null]]), "OK"],
    ["by its severity", new Map([["stuck-close-wait", null]]), "WARNING"],
    ["by its severity", new Map([["port-exhaustion", null]]), "CRITICAL"],
    ["raised", new Map([["stuck-close-wait", "CRITICAL"]]), "CRITICAL"],
    ["lowered", new Map([["port-exhaustion", "WARNING"]]), "WARNING"],
    ["information that was asked for", new Map([["half-close", null]]), "WARNING"],
    ["information as critical", new Map([["half-close", "CRITICAL"]]), "CRITICAL"],
  ])("named: %s", (_, findings, verdict) => {
    expect(judge(view, rulesWith({ findings })).verdict).toBe(verdict);
  });

  test("that have ended do not count", () => {
    const over = viewOf(
      { endpoints: [], findings: [finding("port-exhaustion", "critical", { until: s(99) })] },
      NOW,
    );
    expect(judge(over, DEFAULT_RULES)).toMatchObject({ verdict: "OK", findings: 0 });
  });

  test.each<[FindingKind, Partial<HealthRules>, Partial<Finding>]>([
    ["stuck-close-wait", { states: { CLOSE_WAIT: LIMITS } }, {}],
    ["stuck-last-ack", { states: { LAST_ACK: LIMITS } }, {}],
    ["stuck-fin-wait1", { states: { FIN_WAIT1: LIMITS } }, {}],
    ["stuck-fin-wait2", { states: { FIN_WAIT2: LIMITS } }, {}],
    ["repeated-fin-retransmit", { finResends: LIMITS }, {}],
    ["time-wait-pressure", { waitingPorts: LIMITS }, { subject: { cause: "ports" } }],
  ])("%s gives way to limits of one's own, unless it is named", (kind, own, fields) => {
    const one = viewOf({ endpoints: [], findings: [finding(kind, "critical", fields)] }, NOW);
    expect(judge(one, DEFAULT_RULES).verdict).toBe("CRITICAL");
    expect(judge(one, rulesWith(own)).verdict).toBe("OK");
    const named = rulesWith({ ...own, findings: new Map([[kind, null]]) });
    expect(judge(one, named).verdict).toBe("CRITICAL");
  });

  test("a full table of mini-sockets is no question of ports", () => {
    const buckets = finding("time-wait-pressure", "critical", { subject: { cause: "tw-buckets" } });
    const one = viewOf({ endpoints: [], findings: [buckets] }, NOW);
    expect(judge(one, rulesWith({ waitingPorts: LIMITS })).verdict).toBe("CRITICAL");
  });

  test("one that takes longer to show than was looked is no OK when it was asked for", () => {
    const asked = rulesWith({ findings: new Map([["stuck-fin-wait2", null]]) });
    const short = judge(viewOf({ endpoints: [] }, s(59)), asked);
    expect(short).toMatchObject({
      verdict: "UNKNOWN",
      doubts: ["stuck-fin-wait2 shows after 60 s, only 59 s were seen"],
    });
    expect(judge(viewOf({ endpoints: [] }, s(60)), asked).verdict).toBe("OK");
    const sooner = { ...asked, thresholds: { "stuck-fin-wait2": 5 } };
    expect(judge(viewOf({ endpoints: [] }, s(6)), sooner).verdict).toBe("OK");
    expect(judge(viewOf({ endpoints: [] }, s(1)), DEFAULT_RULES).verdict).toBe("OK");
  });

  test("show at once, or after what they wait for", () => {
    expect(secondsToShow("stuck-close-wait")).toBe(10);
    expect(secondsToShow("stuck-close-wait", { "stuck-close-wait": 3 })).toBe(3);
    expect(secondsToShow("port-exhaustion")).toBe(0);
    expect(secondsToShow("reset-teardown", { "reset-teardown": 500 })).toBe(0);
  });
});

describe("endpoints in a state", () => {
  test("are counted while they live, each state by itself", () => {
    const view = viewOf(
      {
        endpoints: [
          inState("CLOSE_WAIT", 1),
          inState("CLOSE_WAIT", 99.9),
          inState("LAST_ACK", 1),
          inState("ESTABLISHED", 1),
          { ...inState("CLOSE", 1), endedAt: s(50) },
        ],
      },
      NOW,
    );
    expect(measured(view, "endpoints").value).toBe(4);
    expect(measured(view, "close_wait").value).toBe(2);
    expect(measured(view, "last_ack").value).toBe(1);
    expect(measured(view, "time_wait").value).toBe(0);
    const asked = rulesWith({ states: { ESTABLISHED: LIMITS } });
    expect(measured(view, "established", asked).value).toBe(1);
  });

  test("for so long: neither younger ones nor those whose age is not known", () => {
    const view = viewOf(
      {
        endpoints: [
          inState("CLOSE_WAIT", 70),
          inState("CLOSE_WAIT", 70.001),
          inState("CLOSE_WAIT", 90, true),
          inState("CLOSE_WAIT", 10, true),
        ],
      },
      NOW,
    );
    const rules = rulesWith({ forNs: s(30), states: { CLOSE_WAIT: LIMITS } });
    expect(measured(view, "close_wait", rules)).toMatchObject({ value: 2, most: 3 });
    expect(measured(view, "close_wait", rules).what).toBe("in CLOSE_WAIT for 30 s");
  });

  test("that may have been there for longer are a doubt where they would matter", () => {
    const old = (count: number) =>
      Array.from({ length: count }, () => inState("CLOSE_WAIT", 0, true));
    const rules = rulesWith({ forNs: s(30), states: { CLOSE_WAIT: LIMITS } });
    const few = judge(viewOf({ endpoints: old(2) }, s(15)), rules);
    expect(few).toMatchObject({ verdict: "OK", doubts: [] });
    const many = judge(viewOf({ endpoints: old(3) }, s(15)), rules);
    expect(many).toMatchObject({ verdict: "UNKNOWN", level: "OK" });
    expect(many.doubts[0]).toContain("3 more may be in CLOSE_WAIT for 30 s");
    expect(judge(viewOf({ endpoints: old(5) }, s(30)), rules).verdict).toBe("CRITICAL");
  });

  test("are no doubt beside something that is worse", () => {
    const rules = rulesWith({
      forNs: s(30),
      states: {
        CLOSE_WAIT: { warning: 0, critical: null },
        LAST_ACK: { warning: null, critical: 0 },
      },
    });
    const endpoints = [inState("CLOSE_WAIT", 95, true), inState("LAST_ACK", 10)];
    expect(judge(viewOf({ endpoints }, NOW), rules)).toMatchObject({
      verdict: "CRITICAL",
      doubts: [],
    });
  });

  test("are told with who holds them", () => {
    const owner = { pid: 12, comm: "nginx", source: "accept", confidence: "certain" } as const;
    const endpoints = Array.from({ length: 3 }, () => ({ ...inState("CLOSE_WAIT", 1), owner }));
    const { faults } = judge(
      viewOf({ endpoints }, NOW),
      rulesWith({ states: { CLOSE_WAIT: LIMITS } }),
    );
    expect(faults[0]?.text).toBe("3 in CLOSE_WAIT (WARNING above 2), held by nginx (pid 12): 3");
  });
});

describe("FINs that were sent again", () => {
  const ended = { state: "CLOSE", endedAt: s(95) } as const;
  test.each<[string, Endpoint, number]>([
    ["twice, unanswered", resending(), 1],
    ["once", resending({ resends: [resend(90, 1)] }), 0],
    ["data twice", resending({ resends: [resend(90, 1, "DATA"), resend(91, 2, "DATA")] }), 0],
    ["with data", resending({ resends: [resend(90, 1, "DATA+FIN"), resend(91, 2)] }), 1],
    ["long ago, unanswered", resending({ resends: [resend(1, 1), resend(2, 2)] }), 1],
    ["long ago, answered", resending({ ...ended, resends: [resend(1, 1), resend(2, 2)] }), 0],
    ["within the minute, answered", resending(ended), 1],
    ["within the minute, in TIME_WAIT", resending({ state: "TIME_WAIT" }), 1],
  ])("%s", (_, endpoint, value) => {
    expect(measured(viewOf({ endpoints: [endpoint] }, NOW), "fin_retransmits").value).toBe(value);
  });

  test("are not counted where endpoints of the last minute were forgotten", () => {
    const asked = rulesWith({ finResends: LIMITS });
    const ledger = ledgerOf(5, { evicted: 7 });
    const lately = { endpoints: [endpointOf("e1", { endedAt: s(60) })], ledger };
    expect(judge(viewOf(lately, NOW), asked)).toMatchObject({
      verdict: "UNKNOWN",
      doubts: ["7 ended endpoints were forgotten for want of room"],
    });
    expect(judge(viewOf(lately, NOW), DEFAULT_RULES).verdict).toBe("OK");
    const before = { endpoints: [endpointOf("e1", { endedAt: s(30) })], ledger };
    expect(judge(viewOf(before, NOW), asked).verdict).toBe("OK");
  });
});

describe("the share of local ports that wait", () => {
  test("is that of the worst destination, of mini-sockets on ephemeral ports", () => {
    const waiting = waitingPorts(7);
    const [first] = waiting;
    const bound = { ...first, tuple: { ...first?.tuple, localPort: 999 } } as Endpoint;
    const open = { ...first, isMini: false } as Endpoint;
    const endpoints = [...waitingPorts(3), ...waiting, bound, open];
    const view = viewOf({ endpoints, sysctls: TEN_PORTS }, NOW);
    const rules = rulesWith({ waitingPorts: { warning: 69.9, critical: 70 } });
    expect(measured(view, "time_wait_ports", rules)).toMatchObject({
      value: 70,
      unit: "%",
      who: "from 10.0.0.1 towards 10.0.0.2:80",
    });
    expect(judge(view, rules).verdict).toBe("WARNING");
  });

  test("is 0 where nothing waits", () => {
    expect(measured(viewOf({ endpoints: [] }, NOW), "time_wait_ports").value).toBe(0);
  });
});

describe("a trace of its own", () => {
  test("a leak is counted and a closed connection is not", () => {
    const story = new Story();
    for (let port = 5000; port < 5003; port++) {
      const client = sock({ localPort: port });
      const server = peerOf(client);
      story.at(0).connect(client).accept(server).at(10).closeFirst(client).finCame(server);
      if (port === 5002) story.closeSecond(server);
    }
    story.until(31_000);
    const rules = rulesWith({ forNs: s(30), states: { CLOSE_WAIT: { warning: 1, critical: 2 } } });
    const { verdict, measures } = judge(story.trace, rules);
    expect(measures.find(({ name }) => name === "close_wait")).toMatchObject({ value: 2, most: 2 });
    expect(verdict).toBe("WARNING");
  });

  test("a FIN without an answer is counted", () => {
    const client = sock({});
    const story = new Story().at(0).connect(client);
    story.change(client, "ESTABLISHED", "FIN_WAIT1", { ...SOFTIRQ, orphan: true });
    story.at(200).resend(client).at(600).resend(client).until(1000);
    expect(measured(story.trace, "fin_retransmits").value).toBe(1);
  });
});

describe("what is missing", () => {
  test.each<[string, Parameters<typeof ledgerOf>[1], string[]]>([
    ["nothing", {}, []],
    ["endpoints that had ended", { evicted: 5 }, []],
    ["lost records", { lost: 1, received: 99 }, ["1 record lost"]],
    ["skipped runs", { skipped: 2 }, ["2 probe runs skipped by the kernel"]],
    ["damaged records", { unparsed: 3, received: 97 }, ["3 records damaged"]],
    [
      "records that nobody accounts for",
      { received: 90, balanced: false },
      ["the accounts do not balance (100 records sent, 90 received)"],
    ],
    [
      "a balance that is said to be none",
      { balanced: false },
      ["the accounts do not balance (100 records sent, 100 received)"],
    ],
    [
      "a balance that is only said to be one",
      { received: 90, balanced: true },
      ["the accounts do not balance (100 records sent, 90 received)"],
    ],
  ])("%s", (_, fields, losses) => {
    expect(lossesOf(ledgerOf(100, fields), [])).toEqual(losses);
  });

  test("a gap without a count, from its finding, also when that has ended", () => {
    const story = new Story().at(1000).gap(500, { cause: "hung", count: null }).until(3000);
    const losses = lossesOf(ledgerOf(0), story.trace.findings());
    expect(losses).toEqual([
      "events are missing: bpftrace gave no answer for less than a second, in 1 gap",
    ]);
    expect(judge(story.trace, DEFAULT_RULES, losses).verdict).toBe("UNKNOWN");
    expect(judge(story.trace, DEFAULT_RULES).faults).toEqual([]);
  });

  test("endpoints that lived and were forgotten", () => {
    const story = new Story({ maxAlive: 1 });
    for (let port = 1; port < 4; port++) story.connect(sock({ localPort: 4000 + port }));
    story.until(2000);
    expect(lossesOf(story.trace.ledger(), story.trace.findings()).join()).toMatch(
      /2 living endpoints were forgotten/,
    );
  });
});
