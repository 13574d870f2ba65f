/** Addresses of sockets are said as they came, however many there are. */
import { expect, test } from "vitest";
import { SocketTexts } from "../../src/event/socket-texts.ts";

test("says what it was given, whatever that is and however much there was", () => {
  const texts = new SocketTexts();
  for (const odd of ["", "-", "0", "ffff88810a2ae180", "ffff8881\u{1f600}0a2ae180"]) {
    expect(texts.own(odd)).toBe(odd);
  }
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 10_000; i++) {
      const address = `ffff8881${i.toString(16).padStart(8, "0")}`;
      expect(texts.own(`${address} of a row`.slice(0, 16))).toBe(address);
    }
  }
});
