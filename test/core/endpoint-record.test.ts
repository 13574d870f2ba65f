/** The small form of an endpoint says what the long one would. */
import { describe, expect, test } from "vitest";
import type { Evidence, Phase, Wave } from "../../src/core/endpoint.ts";
import { EndpointRecord } from "../../src/core/endpoint-record.ts";
import { noteResentFin, noteWave } from "../../src/core/waves.ts";
import { TCP_STATES, type TcpState } from "../../src/event/tcp-state.ts";
import { seeded } from "../event/seeded.ts";
import { factsOf } from "./facts.ts";

const TUPLE = { netns: 1, local: "10.0.0.1", localPort: 1, remote: "10.0.0.2", remotePort: 2 };
const EVIDENCE: readonly Evidence[] = ["observed", "snapshot", "inferred"];

function record(): EndpointRecord {
  return new EndpointRecord(1, TUPLE, "ffff888100000980", "SYN_SENT", 100);
}

describe("phases", () => {
  test("are those of a list, whatever comes after whatever", () => {
    const chance = seeded(5);
    const states = TCP_STATES.filter((state) => state !== null);
    for (let life = 0; life < 300; life++) {
      const endpoint = record();
      let list: Phase[] = [];
      let at = 100;
      const end = () => {
        const last = list.at(-1);
        if (last?.to === null)
          list = [...list.slice(0, -1), { ...last, to: Math.max(at, last.from) }];
      };
      for (let step = chance(7); step > 0; step--) {
        const evidence = EVIDENCE[chance(3)] as Evidence;
        const last = list.at(-1);
        switch (chance(7)) {
          case 0:
            endpoint.endPhase(at);
            end();
            break;
          case 1:
            endpoint.judgePhase(evidence);
            if (last !== undefined) list = [...list.slice(0, -1), { ...last, evidence }];
            break;
          case 2:
            endpoint.dropPhase();
            list = list.slice(0, -1);
            break;
          default: {
            const state = states[chance(states.length)] as TcpState;
            const atLeast = chance(2) === 0;
            endpoint.enterPhase(state, at, evidence, atLeast);
            end();
            list.push({ state, from: at, to: null, evidence, atLeast });
          }
        }
        expect(endpoint.phases).toEqual(list);
        expect(endpoint.copy().phases).toEqual(list);
        // Now and then an event comes late.
        at += chance(4) === 0 ? -3 : chance(50);
      }
    }
  });

  test("of a story without end the oldest are forgotten, and that is told", () => {
    const endpoint = record();
    for (let i = 0; i < 64; i++) endpoint.enterPhase("SYN_SENT", i, "observed", false);
    expect(endpoint.isComplete).toBe(true);
    endpoint.enterPhase("SYN_SENT", 64, "observed", false);
    expect(endpoint).toMatchObject({ isComplete: false, phases: { length: 64 } });
  });
});

describe("waves", () => {
  test("are each told once, by the better evidence, in whatever order they are learnt", () => {
    const chance = seeded(7);
    for (let life = 0; life < 300; life++) {
      const endpoint = record();
      const known = new Map<number, Wave>();
      for (let step = chance(9); step > 0; step--) {
        const n = (1 + chance(4)) as Wave["n"];
        const by = chance(2) === 0 ? "local" : "remote";
        const at = chance(4) === 0 ? null : chance(1000);
        const evidence = EVIDENCE[chance(3)] as Evidence;
        const before = endpoint.copy();
        const told = before.waves;
        if (chance(4) === 0) {
          noteResentFin(endpoint, by);
          const fin = told.find((wave) => wave.segment === "FIN" && wave.by === by);
          if (fin !== undefined) known.set(fin.n, { ...fin, retransmits: fin.retransmits + 1 });
        } else {
          noteWave(endpoint, n, by, at, evidence);
          const old = known.get(n);
          const segment = n % 2 === 1 ? "FIN" : "ACK";
          if (old === undefined) known.set(n, { n, segment, by, at, evidence, retransmits: 0 });
          else if (old.evidence !== "observed" && evidence === "observed")
            known.set(n, { ...old, at, evidence });
        }
        expect(endpoint.waves).toEqual([...known.values()].sort((a, b) => a.n - b.n));
        expect(before.waves).toEqual(told);
      }
    }
  });

  test("of more ways than are remembered are told all the same", () => {
    const endpoint = record();
    noteWave(endpoint, 1, "local", 100, "observed");
    for (let i = 0; i < 10_000; i++) noteResentFin(endpoint, "local");
    expect(endpoint.waves).toMatchObject([{ n: 1, at: 100, retransmits: 10_000 }]);
  });
});

test("whoever held it through one descriptor stays its holder when another owns it", () => {
  const endpoint = record();
  const owner = { source: "accept", confidence: "certain" } as const;
  endpoint.owner = { pid: 7, comm: "nginx", ...owner };
  endpoint.holdThrough(0);
  const held = [{ pid: 7, comm: "nginx", fds: [0] }];
  expect(endpoint.holders).toEqual(held);
  expect(endpoint.copy().holders).toEqual(held);
  endpoint.owner = { pid: 8, comm: "worker", ...owner };
  expect(endpoint.holders).toEqual(held);
  endpoint.holders = [];
  expect(endpoint.holders).toEqual([]);
});

test("a copy and its original do not move each other, before the first teardown and after", () => {
  const original = record();
  const before = factsOf(original);
  const copy = original.copy();
  copy.enterPhase("FIN_WAIT1", 200, "observed", false);
  copy.verdict = "graceful";
  expect(factsOf(original)).toEqual(before);
  const second = copy.copy();
  second.endPhase(300);
  second.verdict = "unknown";
  expect(copy).toMatchObject({ verdict: "graceful", phases: [{ to: null }] });
});

test("is read through an object of which it is the prototype", () => {
  const endpoint = record();
  endpoint.enterPhase("SYN_SENT", 100, "observed", false);
  endpoint.srttUs = 120;
  const masked = Object.create(endpoint, { tuple: { value: { ...TUPLE, local: "192.0.2.1" } } });
  expect(factsOf(masked)).toEqual({
    ...factsOf(endpoint),
    tuple: masked.tuple,
    pairKey: "1 2 192.0.2.1 10.0.0.2",
  });
});
