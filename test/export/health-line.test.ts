/** The line of a check: one line, its data as the plug-in guidelines say, nothing foreign alive. */
import { describe, expect, test } from "vitest";
import type { Health } from "../../src/core/health.ts";
import type { Measure } from "../../src/core/health-measures.ts";
import { measuresOf } from "../../src/core/health-measures.ts";
import { DEFAULT_RULES } from "../../src/core/health-rules.ts";
import { healthLine, plainText, unknownLine } from "../../src/export/health-line.ts";
import { hostileNames } from "./hostile-names.ts";
import { viewOf } from "./synthetic-trace.ts";

/** One item of performance data, as a monitoring system reads it. */
interface Item {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  readonly warning: number | null;
  readonly critical: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

const VERDICTS = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;
const LINE = /^LASTACK (OK|WARNING|CRITICAL|UNKNOWN) - ([ -{}~]+)(?: \| ([ -{}~]+))?\n$/;

/** Take a line apart by the guidelines' grammar, `'label'=value[UOM];[warn];[crit];[min];[max]`. */
function parse(line: string): { verdict: string; text: string; data: Item[] } {
  const match = LINE.exec(line);
  if (match === null) throw new Error(`no plug-in's line: ${JSON.stringify(line)}`);
  const [, verdict = "", text = "", data = ""] = match;
  return { verdict, text, data: data === "" ? [] : data.split(" ").map(parseItem) };
}

function parseItem(item: string): Item {
  const match = /^'([a-z0-9_]{1,19})'=(\d+(?:\.\d+)?)(%?);([\d.]*);([\d.]*);(\d*)(?:;(\d*))?$/.exec(
    item,
  );
  if (match === null) throw new Error(`no item of performance data: ${item}`);
  const [, label = "", value, unit = "", ...rest] = match;
  const [warning, critical, min, max] = rest.map((each) => (each ? Number(each) : null));
  return {
    label,
    value: Number(value),
    unit,
    warning: warning ?? null,
    critical: critical ?? null,
    min: min ?? null,
    max: max ?? null,
  };
}

function measure(fields: Partial<Measure> = {}): Measure {
  return {
    name: "close_wait",
    value: 12,
    most: 12,
    unit: "",
    limits: { warning: 50, critical: 200 },
    what: "in CLOSE_WAIT",
    who: null,
    ...fields,
  };
}

function health(fields: Partial<Health> = {}): Health {
  return {
    verdict: "OK",
    level: "OK",
    faults: [],
    doubts: [],
    measures: [measure()],
    findings: 0,
    ...fields,
  };
}

function fault(text: string) {
  return { level: "CRITICAL", text } as const;
}

describe("the data", () => {
  test("says value, limits and bounds", () => {
    expect(healthLine(health(), "in 15 s")).toBe(
      "LASTACK OK - 12 in CLOSE_WAIT, in 15 s | 'close_wait'=12;50;200;0 'findings'=0;;;0\n",
    );
  });

  test("of a share is a percentage between 0 and 100", () => {
    const share = measure({
      name: "time_wait_ports",
      value: 70.25,
      unit: "%",
      limits: { warning: null, critical: 90.5 },
    });
    const { data } = parse(healthLine(health({ measures: [share], findings: 3 }), "now"));
    expect(data).toEqual([
      {
        label: "time_wait_ports",
        value: 70.25,
        unit: "%",
        warning: null,
        critical: 90.5,
        min: 0,
        max: 100,
      },
      {
        label: "findings",
        value: 3,
        unit: "",
        warning: null,
        critical: null,
        min: 0,
        max: null,
      },
    ]);
  });

  test("of a real look has the same columns each time, each label once", () => {
    const empty = viewOf({ endpoints: [] }, 0);
    const line = healthLine(health({ measures: measuresOf(empty, DEFAULT_RULES) }), "now");
    const labels = parse(line).data.map(({ label }) => label);
    expect(labels).toEqual([
      "endpoints",
      "fin_wait1",
      "fin_wait2",
      "time_wait",
      "close_wait",
      "last_ack",
      "closing",
      "fin_retransmits",
      "time_wait_ports",
      "findings",
    ]);
  });
});

describe("the text", () => {
  test("names what is wrong, the worst first, and how much more there is", () => {
    const faults = ["a", "b", "c", "d", "e"].map(fault);
    const line = healthLine(health({ verdict: "CRITICAL", level: "CRITICAL", faults }), "in 15 s");
    expect(parse(line)).toMatchObject({ verdict: "CRITICAL", text: "a / b / c / 2 more, in 15 s" });
  });

  test("of incomplete data says why, and what was seen even so", () => {
    const doubts = ["3 records lost"];
    const calm = healthLine(health({ verdict: "UNKNOWN", doubts }), "in 15 s");
    expect(parse(calm).text).toBe(
      "incomplete: 3 records lost. Seen even so: OK, 12 in CLOSE_WAIT, in 15 s",
    );
    const seen = { level: "CRITICAL", faults: [fault("a")], doubts } as const;
    expect(parse(healthLine(health({ verdict: "UNKNOWN", ...seen }), "in 15 s")).text).toBe(
      "incomplete: 3 records lost. Seen even so: CRITICAL, a, in 15 s",
    );
    expect(parse(healthLine(health({ verdict: "CRITICAL", ...seen }), "in 15 s")).text).toBe(
      "a, in 15 s. Data is incomplete: 3 records lost",
    );
  });

  test("leaves out zeros that nobody asked for", () => {
    const measures = [
      measure({ name: "endpoints", value: 0, what: "endpoints", limits: NONE }),
      measure({ name: "last_ack", value: 0, what: "in LAST_ACK", limits: NONE }),
      measure({ value: 0 }),
      measure({ name: "time_wait", value: 7, what: "in TIME_WAIT", limits: NONE }),
    ];
    expect(parse(healthLine(health({ measures }), "now")).text).toBe(
      "0 endpoints, 0 in CLOSE_WAIT, 7 in TIME_WAIT, now",
    );
  });

  test("of a check that could not be made has no data", () => {
    expect(parse(unknownLine("tracing needs root: run it with sudo"))).toEqual({
      verdict: "UNKNOWN",
      text: "tracing needs root: run it with sudo",
      data: [],
    });
    expect(parse(unknownLine("")).text).toBe("nothing is known");
    expect(parse(unknownLine("'\u0022`")).text).toBe("nothing is known");
  });
});

const NONE = { warning: null, critical: null };
/** What a shell, printf's %b, or a monitoring system takes for itself. */
const ALIVE = /[|$`'"\\<>;&!~\n\r\t\p{Cc}\p{Cf}]|[^ -~]/u;

describe("foreign text", () => {
  test.each([
    ["a|b", "a?b"],
    ["a\nLASTACK OK - b", "a?LASTACK OK - b"],
    ["$(reboot)", "?(reboot)"],
    ["`reboot`", "reboot"],
    ['it\'s "x"', "its x"],
    ["\\x1b[2J", "?x1b[2J"],
    ["\u001b[31m", "?[31m"],
    ["a;b", "a,b"],
    ["größe", "gr??e"],
    ["🦊", "?"],
    ["\ud800", "?"],
    ["a\u202eb", "a?b"],
    ["a & b > c", "a ? b  c"],
  ])("%j becomes %j", (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  test("of 10,000 hostile names keeps every line a line, and its data", () => {
    const expected = parse(healthLine(health(), "now")).data;
    let index = 0;
    for (const name of hostileNames(10_000, 11)) {
      const verdict = VERDICTS[index++ % VERDICTS.length] as (typeof VERDICTS)[number];
      const line = healthLine(
        health({
          verdict,
          level: "CRITICAL",
          faults: [fault(`${name} (pid 1) has not closed`), fault(name)],
          doubts: verdict === "UNKNOWN" ? [name] : [],
        }),
        `at ${name}`,
      );
      const parsed = parse(line);
      expect(parsed.verdict).toBe(verdict);
      expect(parsed.data).toEqual(expected);
      expect(parsed.text).not.toMatch(ALIVE);
      expect(parse(unknownLine(name)).text).not.toMatch(ALIVE);
    }
    expect(index).toBe(10_000);
  });

  test("of any length leaves room for the data within NRPE's first packet", () => {
    const long = "x".repeat(100_000);
    const limits = { warning: 999_999_999, critical: 999_999_999 };
    const measures = measuresOf(viewOf({ endpoints: [] }, 0), DEFAULT_RULES).map((each) => ({
      ...each,
      value: each.unit === "%" ? 99.99 : 1_000_000,
      limits: each.name === "close_wait" ? limits : each.limits,
    }));
    const faults = Array.from({ length: 1000 }, () => fault(long));
    const doubts = Array.from({ length: 1000 }, () => long);
    const line = healthLine(
      health({ verdict: "UNKNOWN", level: "CRITICAL", faults, doubts, measures }),
      "at 2026-11-21T05:00:00.123Z",
    );
    expect(Buffer.byteLength(line)).toBeLessThan(1024);
    expect(parse(line).data).toHaveLength(10);
    expect(parse(line).text).toContain("at 2026-11-21T05:00:00.123Z");
    expect(parse(unknownLine(long)).text.length).toBeLessThan(700);
  });
});
