/** Waves that never arrive: the end that waits for the answer gives up. */
import type { Context, Open } from "../context.ts";
import { client, type EndSketch, type Scenario, server } from "../scenario.ts";
import { gracefulActive, stillOpen } from "./truths.ts";

/** With tcp_orphan_retries 2 an orphan gives up after 3.3 s, with 3 after 6.7 s. */
const orphanRetries = "net.ipv4.tcp_orphan_retries";
const impatient = { [orphanRetries]: 2 } as const;

async function closeFirst({ client }: Open, context: Context): Promise<void> {
  await client.close();
  await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
}

const gaveUpFirst: EndSketch = {
  role: "active",
  trigger: "close",
  verdict: "timed-out",
  after: ["FIN_WAIT1"],
  state: "CLOSE",
  waves: [1],
  resends: { FIN: 2 },
  orphan: true,
  findings: ["repeated-fin-retransmit"],
};

const gaveUpSecond: EndSketch = {
  ...gaveUpFirst,
  role: "passive",
  after: ["CLOSE_WAIT", "LAST_ACK"],
  waves: [1, 2, 3],
};

function firstLost(name: string, ipv: Scenario["ipv"]): Scenario {
  return {
    name,
    about: "Wave 1 never arrives: FIN_WAIT1 ends by timeout and the peer knows nothing of it.",
    ipv,
    async run(context) {
      await context.net.client.sysctl(impatient);
      const { client } = await context.open();
      await context.drop("server", { what: "FIN" });
      await client.close();
      await context.see("sent", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
      await context.see("end", { client: "gone", server: "held ESTABLISHED" });
    },
    expect: [client({ ...gaveUpFirst, lostWave: 1 }), server({ ...stillOpen, lostWave: 1 })],
  };
}

const secondLost: Scenario = {
  name: "wave-2-lost-for-good",
  about: "Wave 2 never arrives: FIN_WAIT1 ends by timeout while the peer sits in CLOSE_WAIT.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl(impatient);
    const { client } = await context.open();
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await context.drop("client", { what: "ACK" });
    await client.close();
    await context.see("sent", { client: "orphan FIN_WAIT1", server: "held CLOSE_WAIT" });
    await context.see("end", { client: "gone", server: "held CLOSE_WAIT" });
    const dsacks = (await context.namespaceOf("server").counters()).get("TCPDSACKOldSent") ?? 0;
    if (dsacks < 2) throw new Error(`TCPDSACKOldSent is ${dsacks}`);
  },
  expect: [
    client({ ...gaveUpFirst, lostWave: 2 }),
    server({
      role: "passive",
      verdict: "unfinished",
      after: ["CLOSE_WAIT"],
      waves: [1, 2],
      lostWave: 2,
      unread: "fin-unread",
      orphan: false,
    }),
  ],
};

const thirdLost: Scenario = {
  name: "wave-3-lost-for-good",
  about: "Wave 3 never arrives: LAST_ACK ends by timeout, the mini-socket waits in FIN_WAIT2.",
  ipv: 4,
  async run(context) {
    await context.net.server.sysctl(impatient);
    const open = await context.open();
    await closeFirst(open, context);
    await context.drop("client", { what: "FIN" });
    await open.server.close();
    await context.see("sent", { client: "mini FIN_WAIT2", server: "orphan LAST_ACK" });
    await context.see("end", { client: "mini FIN_WAIT2", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      lostWave: 3,
      orphan: true,
    }),
    server({ ...gaveUpSecond, lostWave: 3 }),
  ],
};

const fourthLost: Scenario = {
  name: "wave-4-lost-for-good",
  about: "Wave 4 never arrives: LAST_ACK ends by timeout although the first closer has answered.",
  ipv: 6,
  async run(context) {
    await context.net.server.sysctl(impatient);
    const open = await context.open();
    await closeFirst(open, context);
    await context.drop("server", { what: "ACK" });
    await open.server.close();
    await context.see("sent", { client: "mini TIME_WAIT", server: "orphan LAST_ACK" });
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client({ ...gracefulActive, lostWave: 4 }), server({ ...gaveUpSecond, lostWave: 4 })],
};

const heldFinWait1: Scenario = {
  name: "fin-never-acked-held",
  about: "After shutdown() it is tcp_retries2 (4) that limits FIN_WAIT1, not tcp_orphan_retries.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ ...impatient, "net.ipv4.tcp_retries2": 4 });
    const { client } = await context.open();
    await context.drop("server", { what: "FIN" });
    await client.shutdown("wr");
    await context.stay("stuck", { client: "held FIN_WAIT1", server: "held ESTABLISHED" }, 5.5);
    await context.see("end", { client: "gone", server: "held ESTABLISHED" });
  },
  expect: [
    client({
      ...gaveUpFirst,
      trigger: "shutdown",
      lostWave: 1,
      resends: { FIN: 4 },
      orphan: false,
      findings: ["stuck-fin-wait1", "repeated-fin-retransmit"],
    }),
    server({ ...stillOpen, lostWave: 1 }),
  ],
};

const heldThenClosed: Scenario = {
  name: "fin-never-acked-then-closed",
  about: "tcp_orphan_retries 1 does nothing to shutdown()'s FIN_WAIT1 until close() orphans it.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ [orphanRetries]: 1 });
    const { client } = await context.open();
    await context.drop("server", { what: "FIN" });
    await client.shutdown("wr");
    await context.stay("held", { client: "held FIN_WAIT1", server: "held ESTABLISHED" }, 3);
    await client.close();
    await context.see("end", { client: "gone", server: "held ESTABLISHED" });
  },
  expect: [
    client({ ...gaveUpFirst, trigger: "shutdown", lostWave: 1, resends: { FIN: 3 } }),
    server({ ...stillOpen, lostWave: 1 }),
  ],
};

const closingTimeout: Scenario = {
  name: "closing-timeout",
  about: "Both have sent FIN, one direction is dead: FIN_WAIT1 here and CLOSING there time out.",
  ipv: 4,
  async run(context) {
    for (const end of [context.net.client, context.net.server]) {
      await end.sysctl({ [orphanRetries]: 3 });
    }
    const { client, server } = await context.open();
    await context.drop("client", { what: "ANY" });
    await server.close();
    await context.see("first", { client: "held ESTABLISHED", server: "orphan FIN_WAIT1" });
    await client.close();
    await context.see("crossed", { client: "orphan FIN_WAIT1", server: "orphan CLOSING" });
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client(gaveUpFirst),
    server({
      ...gaveUpFirst,
      role: "simultaneous",
      after: ["FIN_WAIT1", "CLOSING"],
      waves: [1, 3, 4],
    }),
  ],
};

export const lostForGood: readonly Scenario[] = [
  firstLost("wave-1-lost-for-good", 4),
  firstLost("wave-1-lost-for-good-v6", 6),
  secondLost,
  thirdLost,
  fourthLost,
  heldFinWait1,
  closingTimeout,
  heldThenClosed,
];
