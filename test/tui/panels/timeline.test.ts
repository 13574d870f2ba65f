// One teardown told on the screen: ladder, pauses, evidence, phases, re-sends.
import { expect, it } from "vitest";
import type { Endpoint } from "../../../src/core/endpoint.ts";
import { anyPanel } from "../../../src/tui/panels/panel.ts";
import { timelinePanel } from "../../../src/tui/panels/timeline.ts";
import { endpointOf, phasesOf, resendsOf, s, waveOf } from "../../export/synthetic-endpoint.ts";
import {
  gracefulPair,
  INCIDENT_END,
  incidentEndpoints,
  lostFirstWave,
} from "../../export/synthetic-incident.ts";
import type { MountOptions } from "../harness.ts";
import { drawn, sceneOf } from "./scene.ts";

function tell(endpoint: Endpoint, now: number, cols = 100, options: MountOptions = {}): string {
  const panel = anyPanel(timelinePanel({ kind: "teardown", id: endpoint.id, endpoint }));
  return drawn(panel, sceneOf({ endpoints: [endpoint], now }), cols, 60, options).trimEnd();
}

it("draws both ends of a graceful close, each wave with its states", async () => {
  const [client] = gracefulPair();
  await expect(`${tell(client, s(20))}\n`).toMatchFileSnapshot("screens/graceful.txt");
});

it("draws the same in ASCII", async () => {
  const [client] = gracefulPair();
  const text = tell(client, s(20), 76, { glyphs: "ascii" });
  expect(text).toMatch(/^[\n -~]*$/);
  await expect(`${text}\n`).toMatchFileSnapshot("screens/graceful-ascii.txt");
});

it("marks a lost wave by a cross where it should have arrived", () => {
  const [active] = lostFirstWave();
  expect(tell(active, s(190))).toMatch(/FIN {2}wave 1, lost ─+X│/);
});

it("says how often a FIN was sent again, when, and why", () => {
  const endpoint = incidentEndpoints().find(({ id }) => id === "e8") as Endpoint;
  const text = tell(endpoint, INCIDENT_END);
  expect(text).toMatch(/FIN again, 9x.* in 53\.6s/);
  expect(text).toMatch(/again {5}\+\d/);
});

it("shows a pause of half a second and more, and no shorter one", () => {
  const closing = (gap: number) =>
    endpointOf("e1", {
      role: "active",
      state: "FIN_WAIT2",
      teardownAt: s(1),
      phases: phasesOf([
        ["ESTABLISHED", 0],
        ["FIN_WAIT1", s(1)],
        ["FIN_WAIT2", s(1 + gap)],
      ]),
      waves: [waveOf(1, "local", s(1)), waveOf(2, "remote", s(1 + gap))],
    });
  expect(tell(closing(0.4), s(9))).not.toMatch(/400ms later/);
  expect(tell(closing(0.6), s(9))).toMatch(/│ +600ms later +│/);
});

it("draws the segment that does not come, from the side that owes it", () => {
  const owed = (role: "active" | "passive") =>
    endpointOf("e1", {
      role,
      state: role === "active" ? "FIN_WAIT2" : "CLOSE_WAIT",
      teardownAt: s(1),
      phases: phasesOf([
        ["ESTABLISHED", 0],
        [role === "active" ? "FIN_WAIT2" : "CLOSE_WAIT", s(1)],
      ]),
    });
  expect(tell(owed("active"), s(9))).toMatch(/│\?┄+ no FIN for 8\.0s ┄+│/);
  expect(tell(owed("passive"), s(9))).toMatch(/│┄+ no FIN for 8\.0s ┄+\?│/);
});

it("claims no state of an end that is not on this host", () => {
  const endpoint = endpointOf("e1", {
    role: "active",
    teardownAt: s(1),
    state: "FIN_WAIT1",
    phases: phasesOf([
      ["ESTABLISHED", 0],
      ["FIN_WAIT1", s(1)],
    ]),
    waves: [waveOf(1, "local", s(1))],
    resends: resendsOf("FIN", [s(2)]),
  });
  const rungs = tell(endpoint, s(9))
    .split("\n")
    .filter((line) => /│.*│/.test(line));
  expect(rungs.length).toBeGreaterThan(2);
  for (const rung of rungs) expect(rung).toMatch(/│$/);
});

it("warns where events of the connection are missing", () => {
  expect(tell(endpointOf("e1", { isComplete: false }), s(9))).toContain(
    "events of this connection are known to be missing",
  );
});

it("names everyone who holds it", () => {
  const endpoint = endpointOf("e1", {
    owner: { pid: 1, comm: "parent", source: "fd-scan", confidence: "likely" },
    holders: [
      { pid: 1, comm: "parent", fds: [4] },
      { pid: 2, comm: "child", fds: [4] },
    ],
  });
  expect(tell(endpoint, s(9))).toContain(
    "parent, pid 1 (probably, by fd-scan); held by child(2) too",
  );
});
