/** A trace that ends at a heartbeat holds nothing of what comes after it. */
import { expect, test } from "vitest";
import type { GapEvent, TraceEvent } from "../../src/event/trace-event.ts";
import { LedgerAccount } from "../../src/session/ledger-account.ts";
import { OrderlyEnd } from "../../src/session/orderly-end.ts";
import { transitionAt } from "../event/sample-events.ts";

const MANY = 100;

/** One CPU sends `MANY` records between two heartbeats, and the trace is to end. */
function nearEnd() {
  const account = new LedgerAccount();
  const end = new OrderlyEnd(account);
  let sent = 0;
  const beat = (t: number) => {
    for (let i = 0; i < MANY; i++) account.receive({ cpu: 0, seq: ++sent }, t - 1);
    account.beat({ counted: sent, seqs: new Map([[0, sent]]) });
    end.beat(t);
  };
  beat(1e9);
  beat(2e9);
  const reached = end.reach(new Promise(() => {}));
  return { account, end, beat, reached };
}

function heartbeat(t: number): TraceEvent {
  const figures = { counted: 0, received: 0, lost: 0, unparsed: 0, skipped: 0 };
  return { type: "heartbeat", t, wall: "2026-11-21T05:00:00.000000Z", ...figures };
}

test("the next heartbeat is the end, and later ones are none of its", async () => {
  const { end, beat, reached } = nearEnd();
  expect(end.atNs).toBeNull();
  expect(end.kept(heartbeat(9e9))).not.toBeNull();
  beat(3e9);
  await reached;
  beat(4e9);
  expect(end.atNs).toBe(3e9);
  expect(end.kept(heartbeat(3e9))).not.toBeNull();
  expect(end.kept(heartbeat(4e9))).toBeNull();
});

test("a heartbeat is no end while changes are still told that were held", async () => {
  const { end, beat, reached } = nearEnd();
  end.noteLetGo(2e9);
  end.kept(transitionAt(1.4e9, 1));
  beat(3e9);
  expect(end.atNs).toBeNull();
  end.kept(transitionAt(3.4e9, 2));
  beat(4e9);
  await reached;
  expect(end.atNs).toBe(4e9);
});

test("what is found missing later was missing by the end; a record sent before it stays", async () => {
  const { end, beat, reached } = nearEnd();
  beat(3e9);
  await reached;
  const gap: GapEvent = { type: "gap", t: 5e9, from: 2e9, cause: "lost", count: 1 };
  expect(end.kept(gap)).toEqual({ ...gap, t: 3e9 });
  const late = transitionAt(3e9 + 500, 1);
  expect(end.kept(late)).toBe(late);
});

test("the accounts stay even while bpftrace sends on", async () => {
  const { account, beat, reached } = nearEnd();
  beat(3e9);
  await reached;
  for (const t of [4e9, 5e9, 6e9]) {
    const counted = (t / 1e9) * MANY;
    account.beat({ counted, seqs: new Map([[0, counted]]) });
    expect(account.isEven).toBe(true);
    expect(account.settle(t)).toEqual([]);
  }
});
