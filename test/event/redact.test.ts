/** Redaction: nothing of the names is left, and everything that the stories rest on is. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { KeyedHash } from "../../src/event/keyed-hash.ts";
import { permute } from "../../src/event/keyed-hash.ts";
import type { RecordingHeader } from "../../src/event/recording.ts";
import { decodeRecord } from "../../src/event/recording-codec.ts";
import { Redactor } from "../../src/event/redact.ts";
import { redactAddress } from "../../src/event/redact-address.ts";
import type { ProcessEvent, TraceEvent } from "../../src/event/trace-event.ts";
import { HEADER, SAMPLES } from "./sample-events.ts";
import { seeded } from "./seeded.ts";

function keyed(key: string): KeyedHash {
  return (text) => createHmac("sha256", key).update(text).digest("hex");
}

const hash = keyed("a key of this test");
const address = (text: string) => redactAddress(hash, text) ?? `no address: ${text}`;

function networkOf(v4: string): string {
  return v4.split(".").slice(0, 3).join(".");
}

/** The first 64 bits, as text that is equal for equal bits. */
function networkOf6(v6: string): string {
  const [head = "", tail = ""] = v6.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === "" ? 0 : tail.split(":").length;
  while (v6.includes("::") && groups.length + after < 8) groups.push("0");
  return groups.slice(0, 4).join(":");
}

describe("an address", () => {
  test.each([
    "0.0.0.0",
    "::",
    "*",
    "127.0.0.1",
    "127.0.0.53",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:0.0.0.0",
  ])("%s stays: it is everybody's", (text) => expect(address(text)).toBe(text));

  test.each<[string, RegExp]>([
    ["10.1.2.3", /^10\./],
    ["172.20.1.2", /^172\.(?:1[6-9]|2\d|3[01])\./],
    ["192.168.7.8", /^192\.168\./],
    ["169.254.1.2", /^169\.254\./],
    ["100.100.1.2", /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
    ["fd12:3456:789a::1", /^fd/],
    ["fe80::1234:5678:9abc:def0", /^fe80::/],
    ["2001:db8:1:2::10", /^[23][0-9a-f]{3}:/],
    ["2a00:1450:4001:81b::200e", /^[23][0-9a-f]{3}:/],
    ["::ffff:192.168.7.8", /^::ffff:192\.168\./],
  ])("%s stays of its kind", (text, kind) => {
    expect(address(text)).toMatch(kind);
    expect(address(text)).not.toBe(text);
  });

  test("of the public internet stays one", () => {
    const chance = seeded(1);
    const special =
      /^(?:0|10|127|22[4-9]|2[34]\d|25[0-5])\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
    for (let i = 0; i < 500; i++) {
      const text = [1 + chance(9), chance(256), chance(256), chance(256)].join(".");
      expect(address(text)).not.toMatch(special);
    }
  });

  test("has the neighbours that it had, and no others", () => {
    const chance = seeded(2);
    const made = new Map<string, string>();
    const networks = new Map<string, string>();
    for (let i = 0; i < 3000; i++) {
      const text = `${["10.0", "192.168", "8.8"][chance(3)]}.${chance(40)}.${chance(256)}`;
      made.set(text, address(text));
      const network = networkOf(address(text));
      expect(networks.get(networkOf(text)) ?? network).toBe(network);
      networks.set(networkOf(text), network);
    }
    expect(new Set(made.values()).size).toBe(made.size);
    expect(new Set(networks.values()).size).toBe(networks.size);
  });

  test("of IPv6 has them too", () => {
    const one = address("2001:db8:5:6::1");
    const two = address("2001:db8:5:6:aaaa::2");
    const far = address("2001:db8:5:7::1");
    expect(networkOf6(one)).toBe(networkOf6(two));
    expect(networkOf6(one)).not.toBe(networkOf6(far));
    expect(new Set([one, two, far]).size).toBe(3);
  });

  test("mapped into IPv6 is the same address mapped", () => {
    for (const text of ["10.0.0.7", "8.8.4.4", "192.168.1.1"]) {
      expect(address(`::ffff:${text}`)).toBe(`::ffff:${address(text)}`);
    }
  });

  test("depends on the key", () => {
    const others = ["x", "y", "z"].map((key) => redactAddress(keyed(key), "203.0.113.77"));
    expect(new Set([...others, address("203.0.113.77")]).size).toBe(4);
  });

  test.each([
    "",
    "web-1",
    "10.0.0",
    "10.0.0.256",
    "1:2:3",
    "1::2::3",
    ":::",
    "::ffff:300.1.1.1",
    "g::1",
    "1:2:3:4:5:6:7:8:9",
  ])("is not %j", (text) => expect(redactAddress(hash, text)).toBeNull());

  test("loses its zone, which names an interface", () => {
    expect(address("fe80::1%wlan-secret")).toBe(address("fe80::1"));
  });
});

test.each([2, 8, 12, 14, 16])("a permutation of %d bits gives every number once", (bits) => {
  const made = new Set<number>();
  for (let value = 0; value < 2 ** bits; value++) made.add(permute(hash, "test", value, bits));
  expect(made.size).toBe(2 ** bits);
  expect(Math.min(...made)).toBe(0);
  expect(Math.max(...made)).toBe(2 ** bits - 1);
});

describe("an event", () => {
  const redactor = new Redactor(hash);

  test.each(SAMPLES.map((event) => [event.type, event] as const))(
    "%s has the fields that it had, and is read again",
    (_, event) => {
      const made = redactor.event(event);
      expect(Object.keys(made).sort()).toEqual(Object.keys(event).sort());
      expect(decodeRecord(JSON.parse(JSON.stringify(made)))).toEqual({
        kind: "event",
        event: made,
      });
    },
  );

  test("loses what this program does not know", () => {
    const [event] = SAMPLES;
    const made = redactor.event({ ...event, note: "secret", nested: { a: "secret" } } as never);
    expect(JSON.stringify(made)).not.toContain("secret");
  });

  test("keeps the mark of a late one", () => {
    expect(redactor.event({ ...SAMPLES[0], late: true } as never)).toHaveProperty("late", true);
  });

  test("has made-up names, the same each time, and no two the same", () => {
    const named = (comm: string): ProcessEvent => ({
      type: "process",
      t: 1,
      pid: 7,
      startTicks: 9,
      comm,
      exe: `/opt/${comm}/bin`,
      cmdline: `${comm} --password hunter2`,
      uid: 1000,
      unit: `${comm}.service`,
      container: null,
      pod: `pod of ${comm}`,
      fdLimit: 1024,
      fdCount: 3,
    });
    const made = redactor.event(named("checkout-api"));
    expect(made).toEqual(redactor.event(named("checkout-api")));
    expect(made).toMatchObject({
      pid: 7,
      uid: 1000,
      fdLimit: 1024,
      container: null,
      startTicks: 9,
    });
    expect(made.comm).toMatch(/^task-[0-9a-f]{10}$/);
    expect(made.comm.length).toBeLessThanOrEqual(15);
    expect(made.unit).toMatch(/^unit-[0-9a-f]{10}\.service$/);
    const other = redactor.event(named("billing"));
    for (const key of ["comm", "exe", "cmdline", "unit", "pod"] as const) {
      expect(other[key], key).not.toBe(made[key]);
    }
  });

  test("has other socket addresses and inodes, the same throughout; none stays none", () => {
    const open = (sk: string): TraceEvent => ({
      type: "open",
      t: 1,
      how: "accept",
      netns: 5,
      sk,
      pid: 1,
      comm: "",
      fd: 3,
    });
    const sks = ["ffff888100000040", "ffff888100000080"].map((sk) => redactor.event(open(sk)));
    expect(sks[0]).not.toEqual(sks[1]);
    expect(sks[0]).toEqual(redactor.event(open("ffff888100000040")));
    const owner = (inode: number): TraceEvent => ({
      type: "owner",
      t: 1,
      inode,
      pid: 1,
      comm: "a",
      fds: [3],
      startTicks: 1,
    });
    expect(redactor.event(owner(0))).toMatchObject({ inode: 0 });
    const inodes = new Set<number>();
    for (let inode = 1; inode <= 2000; inode++) {
      const made = redactor.event(owner(inode));
      if (made.type === "owner") inodes.add(made.inode);
      expect(decodeRecord({ ...made }).kind).toBe("event");
    }
    expect(inodes.size).toBe(2000);
  });

  test("of a forger keeps no text that is none of the kernel's words", () => {
    const forged: readonly TraceEvent[] = SAMPLES.map((event) => {
      const entries = Object.entries(event).map(([key, value]) => {
        const isFree = typeof value === "string" && !FIXED.has(key);
        return [key, isFree ? `secret_${key}` : value];
      });
      return Object.fromEntries(entries) as TraceEvent;
    });
    const host: TraceEvent = {
      type: "host",
      t: 1,
      netns: 1,
      counters: { "secret.thing": 1, "TcpExt.TW": 2, "sockstat.tw": 3 },
      sysctls: { "kernel.hostname": "secret", "net.ipv4.tcp_mem": "1 2 3", "net.ipv4.x": "secret" },
    };
    for (const event of [...forged, host]) {
      expect(JSON.stringify(redactor.event(event)), event.type).not.toContain("secret");
    }
    expect(redactor.event(host)).toEqual({
      ...host,
      counters: { "TcpExt.TW": 2, "sockstat.tw": 3 },
      sysctls: { "net.ipv4.tcp_mem": "1 2 3" },
    });
  });
});

/** Checked by the codec to be one of a few words. */
const FIXED = new Set([
  "type",
  "from",
  "to",
  "state",
  "cause",
  "detail",
  "how",
  "direction",
  "substate",
]);

test("a header says that it is redacted, and tells neither host nor boot nor build", () => {
  const header = {
    ...HEADER,
    hostname: "secret-host",
    bootId: "5ec1e7b0-0000-4000-8000-000000000001",
    kernel: "6.18.44-secret-build",
    filters: { port: [443], comm: "secret", cidr: ["10.1.2.0/24"], netns: 5, secret: "secret" },
    sysctls: { "net.ipv4.tcp_fin_timeout": "60", "kernel.domainname": "secret" },
    probes: ["tcp_set_state", "time_wait_end", "secret probe"],
    origin: "captured",
    netns: 4026531840,
    slice: {
      from: 1,
      to: 2,
      of: { to: 3, events: 4, closedCleanly: true },
      endpoints: ["e1", "secret"],
    },
    secret: "secret",
  } as RecordingHeader;
  const made = new Redactor(hash).header(header);
  const text = JSON.stringify(made);
  for (const lost of ["secret", "5ec1e7b0", "10.1.2"]) expect(text).not.toContain(lost);
  expect(made).toMatchObject({
    redacted: true,
    kernel: "6.18.44",
    startedAt: HEADER.startedAt,
    probes: ["tcp_set_state", "time_wait_end"],
    sysctls: { "net.ipv4.tcp_fin_timeout": "60" },
    filters: { port: [443], netns: 5, cidr: "redacted" },
    slice: { from: 1, to: 2, endpoints: ["e1"] },
  });
  expect(decodeRecord(JSON.parse(text))).toEqual({ kind: "header", header: made });
});
