// Whom connections in CLOSE_WAIT wait for, and what the row says of them.
import { describe, expect, it } from "vitest";
import type { Endpoint, Unread } from "../../../src/core/endpoint.ts";
import { closeWaitPanel } from "../../../src/tui/panels/close-wait.ts";
import { groupByHolder } from "../../../src/tui/panels/holdings.ts";
import { anyPanel } from "../../../src/tui/panels/panel.ts";
import { endpointOf, phasesOf, s } from "../../export/synthetic-endpoint.ts";
import { drawn, findingOf, sceneOf } from "./scene.ts";

let made = 0;
const waiting = (pid: number | null, since: number, unread: Unread | null = "drained"): Endpoint =>
  endpointOf(`e${++made}`, {
    state: "CLOSE_WAIT",
    phases: phasesOf([["CLOSE_WAIT", s(since)]]),
    unread,
    owner:
      pid === null ? null : { pid, comm: `app-${pid}`, source: "accept", confidence: "certain" },
  });

describe("groupByHolder", () => {
  it("has one row an owner, the most connections first, with the oldest age", () => {
    const endpoints = [waiting(1, 9), waiting(2, 5), waiting(2, 3), waiting(2, 7)];
    const holdings = groupByHolder(sceneOf({ endpoints }).watched);
    expect(holdings.map(({ name, count, since }) => [name, count, since])).toEqual([
      ["app-2", 3, s(3)],
      ["app-1", 1, s(9)],
    ]);
  });

  it("keeps what nobody has accepted with its listener, also where an owner was guessed", () => {
    const listener = {
      ...{ netns: 1, local: "0.0.0.0", port: 443, inode: 1 },
      ...{ pid: 7, comm: "acceptor", holders: [7], scan: 1 },
    };
    const endpoints = [
      waiting(null, 1, "not-accepted"),
      waiting(7, 2, "not-accepted"),
      waiting(7, 3),
    ];
    const holdings = groupByHolder(sceneOf({ endpoints, listener }).watched);
    expect(holdings.map(({ name, isListener, count }) => [name, isListener, count])).toEqual([
      ["acceptor :443", true, 2],
      ["app-7", false, 1],
    ]);
  });

  it("names no owner where none is known", () => {
    const [holding] = groupByHolder(sceneOf({ endpoints: [waiting(null, 1)] }).watched);
    expect(holding).toMatchObject({
      name: "unknown at 10.0.0.5:443",
      pid: null,
      isListener: false,
    });
  });

  it("takes the severity from the finding of that owner alone", () => {
    const endpoints = [waiting(1, 1), waiting(2, 1)];
    const findings = [
      findingOf({ severity: "critical", subject: { pid: 1 } }),
      findingOf({ severity: "critical", subject: { pid: 2 }, until: s(5) }),
    ];
    const holdings = groupByHolder(sceneOf({ endpoints, findings }).watched);
    expect(holdings.map(({ severity }) => severity)).toEqual(["critical", null]);
  });
});

describe("the panel", () => {
  const panel = anyPanel(closeWaitPanel);

  it("tells count, age of the oldest and what is unread", () => {
    const endpoints = [waiting(1, 10), waiting(1, 20, "data-unread"), waiting(1, 30)];
    const text = drawn(panel, sceneOf({ endpoints, now: s(70) }), 160);
    expect(text).toMatch(/app-1 +1 +3 +\+2\/min +1m00s +- 2 drained, 1 data-unread/);
  });

  it('says "more than" of an age that began before the trace', () => {
    const old = waiting(1, 10);
    const phases = old.phases.map((phase) => ({ ...phase, atLeast: true }));
    const text = drawn(panel, sceneOf({ endpoints: [{ ...old, phases }], now: s(70) }));
    expect(text).toContain(">1m00s");
  });

  it("says so when nobody holds any", () => {
    expect(drawn(panel, sceneOf({}))).toContain("no application keeps a closed connection open");
  });

  it("opens the connections of the owner, the oldest first, with the command line", () => {
    const endpoints = [waiting(1, 9), waiting(1, 3), waiting(2, 1)];
    const scene = sceneOf({
      endpoints,
      now: s(70),
      processes: [
        {
          type: "process",
          t: 0,
          pid: 1,
          startTicks: 1,
          comm: "app-1",
          exe: "/bin/app",
          cmdline: "app --serve",
          uid: 0,
          unit: "app.service",
          container: null,
          fdLimit: 1024,
          fdCount: 40,
        },
      ],
    });
    const opening = panel.show(scene).open("pid 1");
    if (opening?.kind !== "members") throw new Error("nothing opened");
    const { about, endpoints: members } = opening.of(scene);
    expect(members.map(({ id }) => id)).toEqual([endpoints[1]?.id, endpoints[0]?.id]);
    const told = about.map((line) => line.map(({ text }) => text).join("")).join("\n");
    expect(told).toContain("2 connections in CLOSE_WAIT, the oldest for 1m07s");
    expect(told).toMatch(
      /command app --serve[\s\S]*unit app\.service[\s\S]*descriptors 40 of 1024/,
    );
  });
});

it("never says that no application keeps a connection open where the filter hides it", () => {
  const scene = sceneOf({ endpoints: [waiting(1, 9)] });
  const panel = anyPanel(closeWaitPanel);
  expect(drawn(panel, { ...scene, passes: () => false })).toContain("the filter hides all of 1");
  expect(drawn(panel, sceneOf({}))).toContain("no application keeps a closed connection open");
});
