/** Time zones, and times written and read in them. */
import { expect, test } from "vitest";
import { parseTime, toIso } from "../../src/event/time.ts";
import { UTC, type Zone, zoneNamed } from "../../src/event/zone.ts";

const zone = (name: string): Zone => {
  const found = zoneNamed(name);
  if (found === null) throw new Error(`there is no zone ${name}`);
  return found;
};

test.each([
  ["utc", "UTC"],
  ["Etc/UTC", "UTC"],
  ["europe/berlin", "Europe/Berlin"],
  ["+0530", "+05:30"],
  ["-08:00", "-08:00"],
])("%s is %s", (text, name) => {
  expect(zoneNamed(text)?.name).toBe(name);
});

test.each(["", "Mars/Base", "+25:00", "+01:60", "local", "../etc/passwd", "UTC;x"])(
  "%j is no zone",
  (text) => {
    expect(zoneNamed(text)).toBeNull();
  },
);

test("UTC ends in Z, any other zone in its offset, whole minutes kept", () => {
  const at = (name: string) => toIso("2026-07-01T22:30:00Z", 1.5e9, 3, zone(name));
  expect(at("UTC")).toBe("2026-07-01T22:30:01.500Z");
  expect(at("Europe/Berlin")).toBe("2026-07-02T00:30:01.500+02:00");
  expect(at("Asia/Kathmandu")).toBe("2026-07-02T04:15:01.500+05:45");
  expect(at("America/St_Johns")).toBe("2026-07-01T20:00:01.500-02:30");
});

test("summer time ends within a recording", () => {
  const start = "2026-10-25T00:59:59Z";
  const berlin = zone("Europe/Berlin");
  expect([0, 1e9].map((t) => toIso(start, t, 0, berlin))).toEqual([
    "2026-10-25T02:59:59+02:00",
    "2026-10-25T02:00:00+01:00",
  ]);
});

test.each([
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Pacific/Chatham",
  "-03:30",
])("what is written in %s is read back, as instant and as time of day", (name) => {
  const startedAt = "2026-03-28T20:00:00.5Z";
  const span = { startedAt, endNs: 86_400e9 - 1, zone: zone(name) };
  for (let t = 0; t < span.endNs; t += 977e9) {
    const iso = toIso(startedAt, t, 9, span.zone);
    expect(parseTime(iso, span)).toBe(t);
    expect(parseTime(iso.slice(0, 29), span)).toBe(t);
    if (t < 86_400e9 - 2 * 3600e9) expect(parseTime(iso.slice(11, 29), span)).toBe(t);
  }
});

test("a time of day outside is answered in the zone that was asked for", () => {
  const span = { startedAt: "2026-11-21T23:30:00Z", endNs: 60e9 };
  expect(parseTime("00:30:30", { ...span, zone: zone("Europe/Berlin") })).toBe(30e9);
  expect(parseTime("23:30:30", { ...span, zone: zone("Europe/Berlin") })).toMatch(
    /from 2026-11-22T00:30:00.000\+01:00 to/,
  );
  expect(parseTime("23:30:30", { ...span, zone: UTC })).toBe(30e9);
});
