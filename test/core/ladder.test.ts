import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { type Ladder, ladderOf } from "../../src/core/ladder.ts";
import { endpointOf, ms, phasesOf, resendsOf, s, waveOf } from "../export/synthetic-endpoint.ts";
import {
  gracefulPair,
  INCIDENT_END,
  incidentEndpoints,
  lostFirstWave,
} from "../export/synthetic-incident.ts";

const incidentEndpoint = (id: string): Endpoint => {
  const endpoint = incidentEndpoints().find((other) => other.id === id);
  if (endpoint === undefined) throw new Error(`the incident has no ${id}`);
  return endpoint;
};

/** A row in one line: `FIN_WAIT1 FIN> CLOSE_WAIT`. */
const sketch = (ladder: Ladder) =>
  ladder.rows.map(({ arrow, left, right }) => {
    const label =
      arrow === null ? "" : arrow.segment + (arrow.resends > 0 ? `x${arrow.resends}` : "");
    const tip = arrow === null ? "" : arrow.from === "left" ? `${label}>` : `<${label}`;
    const states = [left, right].map((changes) => changes.map(({ state }) => state).join("+"));
    return `${states[0]} ${tip} ${states[1]}`.trim();
  });

test("both ends of a graceful close share its four rows", () => {
  const [client] = gracefulPair();
  expect(sketch(ladderOf(client, s(20)))).toEqual([
    "ESTABLISHED  ESTABLISHED",
    "FIN_WAIT1 FIN> CLOSE_WAIT",
    "FIN_WAIT2 <ACK",
    "TIME_WAIT <FIN LAST_ACK",
    "ACK> CLOSE",
  ]);
});

test("the same close from the other side mirrors it", () => {
  const [, server] = gracefulPair();
  const ladder = ladderOf(server, s(20));
  expect(sketch(ladder).slice(1)).toEqual([
    "CLOSE_WAIT <FIN FIN_WAIT1",
    "ACK> FIN_WAIT2",
    "LAST_ACK FIN> TIME_WAIT",
    "CLOSE <ACK",
  ]);
  expect(ladder.left.name).toBe("127.0.0.1:8080");
});

test("a FIN stands where its sender sent it, and tells when it was taken", () => {
  const [client, server] = gracefulPair();
  const fin = ladderOf(client, s(20)).rows.find(({ arrow }) => arrow?.wave === 1);
  expect(fin?.at).toBe(client.waves[0]?.at);
  expect(fin?.arrow?.arrivedAt).toBe(server.waves[0]?.at);
  expect(fin?.arrow?.evidence).toBe("observed");
});

test("a lost FIN is marked and its re-send is what the other end took", () => {
  const [active] = lostFirstWave();
  const ladder = ladderOf(active, s(190));
  expect(sketch(ladder)).toContain("FINx1> CLOSE_WAIT");
  expect(ladder.rows.filter(({ arrow }) => arrow?.isLost).map(({ arrow }) => arrow?.wave)).toEqual([
    1,
  ]);
  expect(ladder.lostWave).toBe(1);
});

test("one end alone claims no state of the other", () => {
  const ladder = ladderOf(incidentEndpoint("e7"), INCIDENT_END);
  expect(ladder.right.endpoint).toBeNull();
  expect(ladder.rows.flatMap(({ right }) => right)).toEqual([]);
});

test("equal re-sends share a row that tells the first, the last and how many", () => {
  const ladder = ladderOf(incidentEndpoint("e8"), INCIDENT_END);
  const row = ladder.rows.find(({ arrow }) => (arrow?.resends ?? 0) > 0);
  expect(row?.arrow).toMatchObject({ segment: "FIN", resends: 9, attempt: 9, cause: null });
  expect([row?.at, row?.until]).toEqual([s(20.21), s(73.8)]);
});

test("crossed FINs lead both through CLOSING", () => {
  expect(sketch(ladderOf(incidentEndpoint("e10"), INCIDENT_END))).toEqual([
    "ESTABLISHED",
    "FIN_WAIT1 FIN>",
    "CLOSING <FIN",
    "ACK>",
    "TIME_WAIT <ACK",
  ]);
});

test("FIN and ACK in one segment are two rungs of one moment", () => {
  const t = s(1);
  const endpoint = endpointOf("e1", {
    role: "active",
    teardownAt: t,
    phases: phasesOf([
      ["FIN_WAIT1", t],
      ["FIN_WAIT2", t + ms(1)],
      ["TIME_WAIT", t + ms(1)],
    ]),
    waves: [waveOf(1, "local", t), waveOf(2, "remote", t + ms(1)), waveOf(3, "remote", t + ms(1))],
  });
  expect(sketch(ladderOf(endpoint, s(9)))).toEqual([
    "FIN_WAIT1 FIN>",
    "FIN_WAIT2 <ACK",
    "TIME_WAIT <FIN",
  ]);
});

test("an RST that no probe saw is concluded from the verdict", () => {
  const endpoint = endpointOf("e1", {
    state: "CLOSE",
    verdict: "reset-received",
    teardownAt: s(2),
    endedAt: s(2),
    phases: phasesOf([["ESTABLISHED", s(1)]], s(2)),
  });
  const [, rst] = ladderOf(endpoint, s(3)).rows;
  expect(rst?.arrow).toMatchObject({ segment: "RST", from: "right", evidence: "inferred" });
  expect(rst?.left.map(({ state }) => state)).toEqual(["CLOSE"]);
});

test("the end of TIME_WAIT is no work of the last ACK", () => {
  const [client] = gracefulPair();
  client.peer = null;
  client.state = "CLOSE";
  client.endedAt = s(62);
  expect(sketch(ladderOf(client, s(90))).at(-1)).toBe("CLOSE");
});

test("an unfinished teardown says what it waits for and how long", () => {
  expect(ladderOf(incidentEndpoint("e4"), INCIDENT_END).waiting).toEqual({
    segment: "FIN",
    from: "left",
    forNs: s(180),
  });
  expect(ladderOf(incidentEndpoint("e14"), INCIDENT_END).waiting).toMatchObject({
    segment: "FIN",
    from: "right",
  });
  expect(ladderOf(incidentEndpoint("e1"), INCIDENT_END).waiting).toBeNull();
});

test("a re-send after a change opens a row of its own", () => {
  const endpoint = endpointOf("e1", {
    role: "active",
    teardownAt: s(1),
    phases: phasesOf([["FIN_WAIT1", s(1)]]),
    waves: [waveOf(1, "local", s(1))],
    resends: [...resendsOf("DATA", [s(0.5), s(0.8)]), ...resendsOf("DATA", [s(1.5)])],
  });
  expect(sketch(ladderOf(endpoint, s(3)))).toEqual(["DATAx2>", "FIN_WAIT1 FIN>", "DATAx1>"]);
});

test("a wave without a time stands where its number puts it and claims no pause", () => {
  const endpoint = endpointOf("e1", {
    role: "passive",
    teardownAt: s(1),
    phases: phasesOf([
      ["CLOSE_WAIT", s(1)],
      ["LAST_ACK", s(2)],
    ]),
    waves: [
      waveOf(1, "remote", s(1)),
      waveOf(2, "local", null, "inferred"),
      waveOf(3, "local", s(2)),
    ],
  });
  const ladder = ladderOf(endpoint, s(3));
  expect(sketch(ladder)).toEqual(["CLOSE_WAIT <FIN", "ACK>", "LAST_ACK FIN>"]);
  expect(ladder.rows.map(({ afterNs }) => afterNs)).toEqual([null, null, s(1)]);
});

test("rows come in the order of time, and each tells the pause before it", () => {
  for (const endpoint of incidentEndpoints()) {
    const { rows } = ladderOf(endpoint, INCIDENT_END);
    const times = rows.flatMap(({ at }) => (at === null ? [] : [at]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(
      rows.flatMap(({ afterNs }) => (afterNs === null ? [] : [afterNs])).every((ns) => ns >= 0),
    ).toBe(true);
  }
});
