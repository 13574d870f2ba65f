// Which peers leave our FIN without an answer.
import { expect, it } from "vitest";
import type { Endpoint, Resend } from "../../../src/core/endpoint.ts";
import { finResendsPanel } from "../../../src/tui/panels/fin-resends.ts";
import { anyPanel } from "../../../src/tui/panels/panel.ts";
import { endpointOf, s } from "../../export/synthetic-endpoint.ts";
import { drawn, findingOf, sceneOf } from "./scene.ts";

const resend = (at: number, kind: Resend["kind"], cause: Resend["cause"]): Resend => ({
  at: s(at),
  kind,
  cause,
  attempt: 1,
  rtoMs: 200,
  orphan: true,
});

let made = 0;
const closing = (remote: string, fields: Partial<Endpoint>): Endpoint =>
  endpointOf(`e${++made}`, {
    tuple: { netns: 1, local: "10.0.0.1", localPort: 80, remote, remotePort: 4000 + made },
    state: "FIN_WAIT1",
    teardownAt: s(10),
    ...fields,
  });

const panel = anyPanel(finResendsPanel);

it("counts connections, re-sends and the last cause of each peer", () => {
  const endpoints = [
    closing("10.0.0.9", { resends: [resend(11, "FIN", "TLP"), resend(12, "FIN", "RTO")] }),
    closing("10.0.0.9", {
      resends: [resend(13, "DATA+FIN", "fast")],
      teardownAt: s(9),
      lostWave: "1 or 2",
    }),
    closing("10.0.0.8", { state: "CLOSE", endedAt: s(20), resends: [resend(15, "FIN", "RTO")] }),
  ];
  const findings = [
    findingOf({ kind: "repeated-fin-retransmit", subject: { remote: "10.0.0.9" } }),
  ];
  const lines = drawn(panel, sceneOf({ endpoints, findings, now: s(21) })).split("\n");
  expect(lines[1]).toMatch(/▲W 10\.0\.0\.9 +2 +2 +3 fast +8\.0s 1\/2 +12\.0s/);
  expect(lines[2]).toMatch(/ {3}10\.0\.0\.8 +0 +1 +1 RTO +6\.0s +5\.0s/);
});

it("joins a peer's IPv4 and IPv6 sockets", () => {
  const endpoints = ["10.0.0.9", "::ffff:10.0.0.9"].map((remote) =>
    closing(remote, { resends: [resend(11, "FIN", "RTO")] }),
  );
  expect(panel.show(sceneOf({ endpoints })).keys).toEqual(["10.0.0.9"]);
});

it("does not count re-sent data or SYNs, nor a FIN sent once", () => {
  const endpoints = [
    closing("10.0.0.7", { resends: [resend(11, "DATA", "RTO"), resend(12, "SYN", "RTO")] }),
    closing("10.0.0.6", {}),
  ];
  expect(drawn(panel, sceneOf({ endpoints }))).toContain("no FIN had to be sent again");
});
