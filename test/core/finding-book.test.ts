import { describe, expect, test } from "vitest";
import type { Firing } from "../../src/core/finding.ts";
import { FindingBook } from "../../src/core/finding-book.ts";
import { IdSet } from "../../src/core/id-set.ts";

const firing = (
  key: string,
  endpoints: readonly string[],
  change: Partial<Firing> = {},
): Firing => ({
  key,
  severity: "warning",
  since: 5,
  subject: {},
  count: endpoints.length,
  summary: "a summary",
  endpoints,
  evidence: [],
  ...change,
});

const all = () => true;

describe("a finding over time", () => {
  test("keeps its identity, its beginning and its highest count, and collects endpoints", () => {
    const book = new FindingBook(all);
    book.update("half-close", [firing("a", ["e1", "e2", "e3"])], 10);
    book.update("half-close", [firing("a", ["e4"], { since: 9, summary: "newer" })], 11);
    expect(book.all()).toMatchObject([
      {
        id: "f1",
        since: 5,
        count: 3,
        summary: "newer (3 at the worst)",
        endpoints: ["e1", "e2", "e3", "e4"],
      },
    ]);
  });

  test("ends when its kind no longer names it, and begins anew after that", () => {
    const book = new FindingBook(all);
    book.update("half-close", [firing("a", ["e1"])], 10);
    book.update("stuck-last-ack", [], 11);
    expect(book.all()[0]?.until).toBeNull();
    book.update("half-close", [], 12);
    book.update("half-close", [firing("a", ["e2"])], 13);
    expect(book.all()).toMatchObject([
      { id: "f1", until: 12, endpoints: ["e1"] },
      { id: "f2", until: null, endpoints: ["e2"] },
    ]);
  });

  test("one key in two kinds is two findings", () => {
    const book = new FindingBook(all);
    book.update("stuck-last-ack", [firing("a", [])], 1);
    book.update("stuck-fin-wait1", [firing("a", [])], 1);
    expect(book.all().map(({ kind }) => kind)).toEqual(["stuck-last-ack", "stuck-fin-wait1"]);
  });

  test("its parts survive a copy and JSON", () => {
    const book = new FindingBook(all);
    book.update("half-close", [firing("a", ["e1"])], 10);
    const [finding] = book.all();
    expect({ ...finding }.endpoints).toEqual(["e1"]);
    expect(JSON.parse(JSON.stringify(finding))).toMatchObject({ id: "f1", endpoints: ["e1"] });
    expect(finding).not.toHaveProperty("namesAll");
  });
});

describe("room", () => {
  test("ids of forgotten endpoints go once there are many", () => {
    const known = new Set<string>();
    const book = new FindingBook((id) => known.has(id));
    for (let i = 0; i < 50_000; i++) {
      known.add(`e${i}`);
      known.delete(`e${i - 100}`);
      if (i % 100 === 99) {
        const newest = Array.from({ length: 100 }, (_, j) => `e${i - j}`);
        book.update("half-close", [firing("a", newest)], i);
      }
    }
    const endpoints = book.all()[0]?.endpoints ?? [];
    expect(endpoints.length).toBeLessThanOrEqual(10_100);
    expect(endpoints).toContain("e49999");
  });

  test("of many ids the text is made when somebody asks, while it holds and when it has ended", () => {
    let asked = 0;
    class Asked extends IdSet {
      override [Symbol.iterator]() {
        asked++;
        return super[Symbol.iterator]();
      }
    }
    const ids = new Asked(["e1", "e2"]);
    const many: Firing = { ...firing("a", []), endpoints: ids };
    const book = new FindingBook(all);
    book.update("time-wait-pressure", [many], 1);
    ids.add(5);
    book.update("time-wait-pressure", [many], 2);
    expect(book.all()[0]).toMatchObject({ until: null, endpoints: ["e1", "e2", "e5"] });
    book.update("time-wait-pressure", [], 3);
    expect(book.all()[0]).toMatchObject({ until: 3, endpoints: ["e1", "e2", "e5"] });
    expect(asked).toBe(0);
  });

  test("the oldest findings go, however many come at once", () => {
    const book = new FindingBook(all);
    const many = Array.from({ length: 9000 }, (_, i) => firing(`k${i}`, []));
    book.update("half-close", many, 1);
    expect(book.all()).toHaveLength(5000);
    expect(book.all().at(-1)?.id).toBe("f9000");
  });
});

describe("endpoints that nobody collects", () => {
  test("are not read until somebody asks", () => {
    let asked = 0;
    const lazy: Firing = {
      ...firing("trace", []),
      namesAll: true,
      get endpoints() {
        asked++;
        return ["e7"];
      },
    };
    const book = new FindingBook(all);
    for (let i = 0; i < 5; i++) book.update("incomplete-trace", [lazy], i);
    expect(asked).toBe(0);
    expect(book.all()[0]?.endpoints).toEqual(["e7"]);
    expect(book.all()[0]?.endpoints).toEqual(["e7"]);
    expect(asked).toBe(1);
  });
});
