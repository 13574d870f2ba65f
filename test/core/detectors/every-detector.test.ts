/** What every detector owes: recordings that fire it and that do not, and the contract's defaults. */
import { describe, expect, test } from "vitest";
import { detectors } from "../../../src/core/detectors/index.ts";
import { FINDING_KINDS, type FindingKind } from "../../../src/core/finding.ts";
import { encodeEvent } from "../../../src/event/recording-codec.ts";
import { findingsIn, recorded, recordings } from "./recorded.ts";

/** Section 4 of the contract: threshold and unit of each kind. */
const DEFAULTS: Readonly<Record<FindingKind, string>> = {
  "stuck-close-wait": "10 seconds",
  "repeated-fin-retransmit": "2 re-sends",
  "stuck-fin-wait1": "5 seconds",
  "stuck-last-ack": "5 seconds",
  "stuck-fin-wait2": "60 seconds",
  "half-close": "60 seconds",
  "time-wait-pressure": "60 percent",
  "port-exhaustion": "60 seconds",
  "reset-teardown": "5 resets",
  "orphan-pressure": "50 percent",
  "descriptor-exhaustion": "80 percent",
  "incomplete-trace": "1 events",
};

const all = recordings();

test("there is one detector for each kind, with the contract's default", () => {
  const found = detectors.map(({ kind, threshold, unit }) => [kind, `${threshold} ${unit}`]);
  expect(Object.fromEntries(found)).toEqual(DEFAULTS);
  expect(found.length).toBe(FINDING_KINDS.length);
});

test("no recording is of another kind or of another purpose", () => {
  const strange = all.filter((name) => {
    const [kind, purpose] = name.split("/") as [FindingKind, string];
    return !FINDING_KINDS.includes(kind) || !/^(fires|quiet)-/.test(purpose);
  });
  expect(strange).toEqual([]);
});

describe.each(detectors)("$kind", ({ kind, about }) => {
  const own = all.filter((name) => name.startsWith(`${kind}/`));

  test("says what it looks for in one line", () => {
    expect(about).toMatch(/^[^\n]{10,80}$/);
  });

  test("brings a recording that fires it and one that must stay quiet", () => {
    expect(own.filter((name) => name.includes("/fires-"))).not.toEqual([]);
    expect(own.filter((name) => name.includes("/quiet-"))).not.toEqual([]);
  });

  test.each(own.filter((name) => name.includes("/fires-")))("%s", async (name) => {
    const { trace } = await recorded(name);
    const findings = trace.findings().filter((finding) => finding.kind === kind);
    expect(findings).not.toEqual([]);
    for (const finding of findings) {
      expect(finding.count).toBeGreaterThan(0);
      expect(finding.since).toBeGreaterThanOrEqual(0);
      expect(finding.since).toBeLessThanOrEqual(finding.until ?? trace.now);
      expect(finding.summary).toMatch(/^[^\n]{20,}$/);
      expect(finding.evidence).not.toContain("");
      expect(new Set(finding.endpoints).size).toBe(finding.endpoints.length);
      for (const id of finding.endpoints) expect(trace.endpoint(id), id).toBeDefined();
    }
  });

  test.each(own.filter((name) => name.includes("/quiet-")))("%s", async (name) => {
    expect(await findingsIn(name)).toEqual([]);
  });
});

describe.each(all)("%s", (name) => {
  test("is a whole recording that says it is synthetic", async () => {
    const { header, events, end } = await recorded(name);
    expect(header.origin).toBe("synthetic");
    expect(end).toMatchObject({ closedCleanly: true, malformed: 0, overlong: 0 });
    expect(end.unknownTypes.size).toBe(0);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(encodeEvent(event).length).toBeLessThan(2000);
  });

  test("gives the same findings each time", async () => {
    const once = await recorded(name);
    const again = await recorded(name);
    expect(again.trace.findings()).toEqual(once.trace.findings());
  });
});
