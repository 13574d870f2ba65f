/** The account of records: what is missing is found by its hole, and both accounts agree. */
import { describe, expect, test } from "vitest";
import { LedgerAccount } from "../../src/session/ledger-account.ts";
import { seeded } from "../event/seeded.ts";

describe("the holes of one CPU", () => {
  test("no hole, no gap", () => {
    const account = new LedgerAccount();
    for (let seq = 1; seq <= 5; seq++)
      expect(account.receive({ cpu: 0, seq }, seq * 10)).toBeNull();
    expect(account).toMatchObject({ received: 5, lost: 0 });
  });

  test("a hole lies between the records around it", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 3, seq: 1 }, 100);
    expect(account.receive({ cpu: 3, seq: 5 }, 900)).toEqual({
      type: "gap",
      t: 900,
      from: 100,
      cause: "lost",
      count: 3,
      cpu: 3,
    });
    expect(account.lost).toBe(3);
  });

  test("records that are missing before the first one are missing since the start", () => {
    const account = new LedgerAccount();
    expect(account.receive({ cpu: 0, seq: 4 }, 50)).toMatchObject({ from: 0, t: 50, count: 3 });
  });

  test("one that comes after all was not lost", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 1);
    account.receive({ cpu: 0, seq: 3 }, 3);
    expect(account.receive({ cpu: 0, seq: 2 }, 2)).toBeNull();
    expect(account).toMatchObject({ received: 3, lost: 0 });
    expect(account.receive({ cpu: 0, seq: 4 }, 4)).toBeNull();
  });

  test("each CPU has its own", () => {
    const account = new LedgerAccount();
    for (const cpu of [0, 1, 2]) expect(account.receive({ cpu, seq: 1 }, cpu)).toBeNull();
    expect(account.receive({ cpu: 1, seq: 3 }, 9)).toMatchObject({ cpu: 1, from: 1, count: 1 });
    expect(account.receive({ cpu: 0, seq: 2 }, 10)).toBeNull();
  });
});

describe("the end", () => {
  test("what the kernel has sent since the last record that came is lost", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    const last = new Map([
      [0, 4],
      [1, 2],
    ]);
    expect(account.close(last, 100)).toEqual([
      { type: "gap", t: 100, from: 10, cause: "lost", count: 3, cpu: 0 },
      { type: "gap", t: 100, from: 0, cause: "lost", count: 2, cpu: 1 },
    ]);
    expect(account.lost).toBe(5);
    expect(account.close(last, 200)).toEqual([]);
  });

  test("with nothing missing there is no gap, also where the last map is older", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.receive({ cpu: 0, seq: 2 }, 20);
    expect(account.close(new Map([[0, 1]]), 100)).toEqual([]);
    expect(account.close(new Map(), 100)).toEqual([]);
  });
});

describe("a trace that ends before its bpftrace", () => {
  const seqs = (first: number, second: number) =>
    new Map([
      [0, first],
      [1, second],
    ]);

  function ended(): LedgerAccount {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.receive({ cpu: 1, seq: 1 }, 11);
    account.beat({ counted: 3, seqs: seqs(2, 1) });
    account.end();
    return account;
  }

  test("awaits what was sent before, and takes nothing that was sent after", () => {
    const account = ended();
    expect(account.isComplete).toBe(false);
    expect([1, 2].map((seq) => account.isOver({ cpu: 1, seq }))).toEqual([false, true]);
    expect(account.isOver({ cpu: 2, seq: 1 })).toBe(true);
    account.receive({ cpu: 0, seq: 2 }, 12);
    expect(account.isComplete).toBe(true);
  });

  test("is even, whatever bpftrace dropped of what came after", () => {
    const account = ended();
    account.receive({ cpu: 0, seq: 2 }, 12);
    account.count(40);
    expect(account.close(seqs(30, 10), 20)).toEqual([]);
    expect(account.leave({ rows: 7, lives: 0 }, 20)).toEqual([]);
    account.endRun(true, 20);
    expect(account.ledger(0)).toMatchObject({ counted: 3, received: 3, lost: 0, balanced: true });
  });

  test("has lost what was held to the end, which had begun before", () => {
    const account = ended();
    account.receive({ cpu: 0, seq: 2 }, 12);
    account.count(40);
    account.close(seqs(30, 10), 20);
    expect(account.leave({ rows: 7, lives: 2 }, 20)).toMatchObject([{ cause: "lost", count: 2 }]);
    account.endRun(true, 20);
    expect(account.ledger(0)).toMatchObject({ counted: 5, received: 3, lost: 2, balanced: true });
  });

  test("has lost what was sent before and never came", () => {
    const account = ended();
    account.count(40);
    expect(account.close(seqs(30, 10), 20)).toMatchObject([{ cause: "lost", count: 1, cpu: 0 }]);
    expect(account.ledger(0)).toMatchObject({ counted: 3, received: 2, lost: 1, balanced: true });
  });
});

describe("the two accounts", () => {
  test("balance when the kernel's count is what came and what did not", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.receive({ cpu: 0, seq: 4 }, 20);
    account.count(4);
    expect(account.ledger(7)).toEqual({
      counted: 4,
      received: 2,
      lost: 2,
      skipped: 0,
      unparsed: 0,
      evicted: 7,
      balanced: true,
    });
    account.count(5);
    expect(account.ledger(0).balanced).toBe(false);
  });

  test("balance with a record that came and could not be read: it is counted once", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.refuse();
    expect(account.receive({ cpu: 0, seq: 3 }, 30)).toMatchObject({
      cause: "unparsed",
      count: 1,
      from: 10,
    });
    account.count(3);
    expect(account.ledger(0)).toMatchObject({ received: 2, lost: 0, unparsed: 1, balanced: true });
  });

  test("balance whatever is lost and whatever cannot be read", () => {
    const chance = seeded(41);
    for (let round = 0; round < 200; round++) {
      const account = new LedgerAccount();
      const sent = new Map<number, number>();
      let gaps = 0;
      for (let i = 0; i < 200; i++) {
        const cpu = chance(4);
        const seq = (sent.get(cpu) ?? 0) + 1;
        sent.set(cpu, seq);
        const fate = chance(10);
        if (fate === 0) continue;
        if (fate === 1) account.refuse();
        else gaps += account.receive({ cpu, seq }, i)?.count ?? 0;
      }
      for (const { count } of account.close(sent, 1000)) gaps += count ?? 0;
      account.count(200);
      expect(account.ledger(0), `round ${round}`).toMatchObject({ balanced: true });
      expect(gaps).toBe(account.lost + account.unparsed);
    }
  });
});

describe("while it runs", () => {
  const cut = (counted: number, ...seqs: number[]) => ({
    counted,
    seqs: new Map(seqs.map((seq, cpu): [number, number] => [cpu, seq])),
  });

  test("a loss that no later record shows is told when its heartbeat is settled", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.beat(cut(5, 5));
    expect(account).toMatchObject({ lost: 0, counted: 5, isEven: true });
    expect(account.settle(500)).toEqual([
      { type: "gap", t: 500, from: 10, cause: "lost", count: 4, cpu: 0 },
    ]);
    expect(account.settle(600)).toEqual([]);
    account.beat(cut(5, 5));
    expect(account).toMatchObject({ lost: 4, received: 1, isEven: true });
  });

  test("one that comes after all puts the sum right", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.beat(cut(3, 3));
    account.settle(500);
    account.receive({ cpu: 0, seq: 2 }, 12);
    account.receive({ cpu: 0, seq: 3 }, 13);
    expect(account.ledger(0)).toMatchObject({ received: 3, lost: 0, balanced: true });
  });

  test("records under way are no disagreement, a counter that knows of more is one", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.beat(cut(9, 2));
    expect(account.isEven).toBe(true);
    account.settle(500);
    account.beat(cut(9, 2));
    expect(account.isEven).toBe(false);
  });

  test("more than the counter knows of is a disagreement too", () => {
    const account = new LedgerAccount();
    for (let seq = 1; seq <= 4; seq++) account.receive({ cpu: 0, seq }, seq);
    account.beat(cut(3, 3));
    expect(account.isEven).toBe(false);
  });

  test("a line that was no message explains the hole that it left, and only that", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.refuseLines(2);
    expect(account).toMatchObject({ unparsed: 0 });
    expect(account.receive({ cpu: 0, seq: 3 }, 30)).toMatchObject({ cause: "unparsed", count: 1 });
    expect(account.receive({ cpu: 0, seq: 6 }, 60)).toMatchObject({ cause: "lost", count: 2 });
    account.count(6);
    expect(account.ledger(0)).toMatchObject({ unparsed: 2, lost: 1, balanced: true });
  });
});

describe("a bpftrace after the other", () => {
  test("counts from 0 again, and the sums go on", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.receive({ cpu: 0, seq: 3 }, 30);
    account.count(4);
    expect(account.close(new Map([[0, 4]]), 40)).toHaveLength(1);
    account.endRun(true, 50);
    expect(account.receive({ cpu: 0, seq: 2 }, 70)).toMatchObject({ from: 50, count: 1 });
    account.count(2);
    expect(account.ledger(0)).toMatchObject({
      counted: 6,
      received: 3,
      lost: 3,
      balanced: true,
    });
  });

  test("that died with its counter has sent what came after the counter was read", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.beat(cutOf(1, 1));
    account.receive({ cpu: 0, seq: 2 }, 20);
    account.receive({ cpu: 0, seq: 3 }, 30);
    account.endRun(false, 40);
    expect(account.ledger(0)).toMatchObject({ counted: 3, received: 3, balanced: true });
  });

  test("that printed its last figures is believed: nothing is made to fit", () => {
    const account = new LedgerAccount();
    account.receive({ cpu: 0, seq: 1 }, 10);
    account.receive({ cpu: 0, seq: 2 }, 20);
    account.count(1);
    account.endRun(true, 40);
    expect(account.ledger(0)).toMatchObject({ counted: 1, received: 2, balanced: false });
  });
});

function cutOf(counted: number, seq: number) {
  return { counted, seqs: new Map([[0, seq]]) };
}
