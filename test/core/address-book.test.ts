/** Addresses that endpoints share are one text, and those that nobody has do not stay. */
import { expect, test } from "vitest";
import { AddressBook } from "../../src/core/address-book.ts";
import { EndpointTable } from "../../src/core/endpoint-table.ts";

/** Equal texts that are not one: as the lines of a recording give them. */
function address(i: number): string {
  return `2001:db8::${(i >> 16).toString(16)}:${(i & 65_535).toString(16)}`;
}

test("knows no more than two addresses for each endpoint, and never very many", () => {
  const book = new AddressBook();
  let most = 0;
  for (let i = 0; i < 5000; i++) {
    expect(book.get(address(i), 10)).toBe(address(i));
    most = Math.max(most, book.size);
  }
  expect(most).toBe(64 + 2 * 10);
  for (let i = 0; i < 140_000; i++) {
    book.get(address(i), 1_000_000);
    most = Math.max(most, book.size);
  }
  expect(most).toBe(65_536);
});

test("what is asked for again and again is kept", () => {
  const book = new AddressBook();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 50; i++) book.get(address(i), 1);
  }
  expect(book.size).toBe(50);
});

test("a table whose endpoints come and go does not keep their addresses", () => {
  const table = new EndpointTable(5, 100, () => {});
  for (let i = 0; i < 3000; i++) {
    const tuple = { netns: 1, local: address(i), localPort: 1, remote: address(-i), remotePort: 2 };
    const endpoint = table.add(tuple, null, "ESTABLISHED", i);
    expect(endpoint.tuple).toEqual(tuple);
    table.end(endpoint, i);
  }
  expect(table.byId.size).toBe(5);
  expect(table.addresses).toBeLessThan(64 + 2 * 6 + 1);
});
