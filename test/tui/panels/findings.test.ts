// Findings in the order in which people should read them.
import { describe, expect, it } from "vitest";
import { findingsPanel, subjectText } from "../../../src/tui/panels/findings.ts";
import { anyPanel } from "../../../src/tui/panels/panel.ts";
import { s } from "../../export/synthetic-endpoint.ts";
import { drawn, findingOf, sceneOf } from "./scene.ts";

const panel = anyPanel(findingsPanel);

it("lists what holds before what is over, grave before slight, new before old", () => {
  const findings = [
    findingOf({ id: "over", severity: "critical", until: s(5) }),
    findingOf({ id: "info", severity: "info", since: s(9) }),
    findingOf({ id: "old", since: s(1) }),
    findingOf({ id: "new", since: s(2) }),
    findingOf({ id: "grave", severity: "critical" }),
  ];
  expect(panel.show(sceneOf({ findings })).keys).toEqual(["grave", "new", "old", "info", "over"]);
});

it("says severity by sign and letter, and of what is over by the letter alone", () => {
  const findings = [
    findingOf({ id: "a", severity: "critical", subject: { pid: 7, comm: "app" }, count: 1234 }),
    findingOf({ id: "b", kind: "half-close", severity: "info" }),
    findingOf({ id: "c", kind: "stuck-last-ack", since: s(1), until: s(5) }),
  ];
  const lines = drawn(panel, sceneOf({ findings, now: s(60) })).split("\n");
  expect(lines[1]).toMatch(/^▸?.?■C stuck-close-wait +app\(7\) +1,234 +.*1m00s/);
  expect(lines[2]).toMatch(/ I half-close/);
  expect(lines[3]).toMatch(/ W stuck-last-ack.* 4\.0s/);
});

it("says so when nothing crossed a threshold", () => {
  expect(drawn(panel, sceneOf({}))).toContain("nothing crossed a threshold");
});

it("opens evidence and advice, with the newest state of the finding", () => {
  const finding = findingOf({ summary: "app has not closed 2", evidence: ["2 of 2 drained"] });
  const opening = panel.show(sceneOf({ findings: [finding] })).open("f1");
  if (opening?.kind !== "members") throw new Error("nothing opened");
  const later = { ...finding, summary: "app has not closed 3", until: s(9) };
  const told = opening
    .of(sceneOf({ findings: [later], now: s(20) }))
    .about.map((line) => line.map(({ text }) => text).join(""));
  expect(told).toEqual([
    "warning app has not closed 3",
    "since 00:00:00, 9.0s, until 00:00:09",
    "- 2 of 2 drained",
    "> Call close().",
  ]);
});

describe("subjectText", () => {
  it.each([
    [{ pid: 7, comm: "app" }, "app(7)"],
    [{ listener: "[::]:80", pid: 7, comm: "app" }, "listener [::]:80"],
    [{ remote: "::ffff:10.0.0.1" }, "10.0.0.1"],
    [{}, "this host"],
  ])("%j: %s", (subject, text) => {
    expect(subjectText(findingOf({ kind: "port-exhaustion", subject }))).toBe(text);
  });
});

it("never says that there is nothing where the filter hides it", () => {
  const findings = [findingOf({ id: "a" }), findingOf({ id: "b" })];
  const scene = { ...sceneOf({ findings }), passes: () => false };
  expect(panel.show(scene).note.map(({ text }) => text)).toEqual(["none", ", 2 hidden"]);
  expect(drawn(panel, scene)).toContain("the filter hides all of 2");
});
