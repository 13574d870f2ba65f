/** TIME_WAIT's end by its timer or by RST, and TIME_WAIT that never begins. */
import { tcpFlags, Wire } from "../actors/wire.ts";
import type { Context } from "../context.ts";
import { device } from "../net.ts";
import { client, type Scenario, server } from "../scenario.ts";
import { clientClosesFirst, gracefulActive, gracefulPassive } from "./truths.ts";

const timeWaitEnds: Scenario = {
  name: "time-wait-ends",
  about: "TIME_WAIT lasts 60 seconds, whatever tcp_fin_timeout says, and then is gone.",
  ipv: 4,
  seconds: 65,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_fin_timeout": 5 });
    const { client, server } = await context.open();
    const closing = server.closeAtEnd();
    await client.close();
    await closing;
    await context.stay("time-wait", { client: "mini TIME_WAIT", server: "gone" }, 58);
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: clientClosesFirst.map((truth) => ({ ...truth, state: "CLOSE" as const })),
};

function resetInTimeWait(name: string, rfc1337: 0 | 1): Scenario {
  return {
    name,
    about: rfc1337
      ? "With tcp_rfc1337 a RST in TIME_WAIT is ignored."
      : "A RST in TIME_WAIT removes it at once, and nothing tells of it.",
    ipv: 4,
    async run(context) {
      await context.net.client.sysctl({ "net.ipv4.tcp_rfc1337": rfc1337 });
      const { client, server } = await context.open();
      const wire = await Wire.tap(server.actor, device, tcpFlags.FIN);
      await client.close();
      await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
      await server.close();
      await context.see("time-wait", { client: "mini TIME_WAIT", server: "gone" });
      await wire.inject(await wire.next(), { flags: tcpFlags.RST | tcpFlags.ACK, advance: 1 });
      if (rfc1337) await context.stay("end", { client: "mini TIME_WAIT", server: "gone" }, 1);
      else await context.see("end", { client: "gone", server: "gone" });
    },
    expect: [
      client({ ...gracefulActive, state: rfc1337 ? "TIME_WAIT" : "CLOSE" }),
      server(gracefulPassive),
    ],
  };
}

const noBucket: Scenario = {
  name: "time-wait-overflow",
  about: "tcp_max_tw_buckets is reached: the peer's FIN is answered, but no TIME_WAIT row is made.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_max_tw_buckets": 0 });
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
    await overflowed(context);
  },
  expect: [
    client({
      ...gracefulActive,
      trigger: "shutdown",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      orphan: false,
    }),
    server(gracefulPassive),
  ],
};

const noBucketForOrphan: Scenario = {
  name: "fin-wait2-overflow",
  about:
    "tcp_max_tw_buckets is reached at close(): FIN_WAIT2 has no mini-socket, the FIN gets RST.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_max_tw_buckets": 0 });
    const { client, server } = await context.open();
    await client.close();
    await context.see("forgotten", { client: "gone", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
    await overflowed(context);
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "timed-out",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
    server({ ...gracefulPassive, verdict: "reset-received", waves: [1, 2, 3] }),
  ],
};

async function overflowed(context: Context): Promise<void> {
  const counters = await context.namespaceOf("client").counters();
  const count = counters.get("TCPTimeWaitOverflow");
  if (count !== 1) throw new Error(`TCPTimeWaitOverflow is ${count}`);
}

export const timeWait: readonly Scenario[] = [
  timeWaitEnds,
  resetInTimeWait("reset-in-time-wait", 0),
  resetInTimeWait("reset-in-time-wait-rfc1337", 1),
  noBucket,
  noBucketForOrphan,
];
