/** How long FIN_WAIT2 lasts, and what is left of it: orphan, mini-socket, nothing. */
import { client, type EndSketch, type Scenario, server } from "../scenario.ts";
import { gracefulActive, gracefulPassive } from "./truths.ts";

const expired: EndSketch = {
  role: "active",
  trigger: "close",
  verdict: "timed-out",
  after: ["FIN_WAIT1", "FIN_WAIT2"],
  state: "CLOSE",
  waves: [1, 2],
  orphan: true,
};

const shortTimeout: Scenario = {
  name: "fin-timeout-2",
  about: "tcp_fin_timeout 2: the mini-socket vanishes, and the peer's late FIN is answered by RST.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_fin_timeout": 2 });
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await context.see("expired", { client: "gone", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client(expired),
    server({
      role: "passive",
      trigger: "close",
      verdict: "reset-received",
      after: ["CLOSE_WAIT", "LAST_ACK"],
      state: "CLOSE",
      waves: [1, 2, 3],
      orphan: true,
    }),
  ],
};

const longTimeout: Scenario = {
  name: "fin-timeout-65",
  about: "tcp_fin_timeout 65: a full orphan for 5 s, then a mini-socket for 5 s, then nothing.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_fin_timeout": 65 });
    const { client } = await context.open();
    await client.close();
    await context.see("orphan", { client: "orphan FIN_WAIT2", server: "held CLOSE_WAIT" });
    await context.see("mini", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await context.see("expired", { client: "gone", server: "held CLOSE_WAIT" });
    await context.stay("end", { client: "gone", server: "held CLOSE_WAIT" }, 2);
  },
  expect: [
    client(expired),
    server({
      role: "passive",
      verdict: "unfinished",
      after: ["CLOSE_WAIT"],
      waves: [1, 2],
      unread: "fin-unread",
      orphan: false,
      findings: ["stuck-close-wait"],
    }),
  ],
};

const orphanGetsFin: Scenario = {
  name: "fin-timeout-65-answered",
  about: "The peer's FIN reaches the full orphan of tcp_fin_timeout 65: TIME_WAIT.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_fin_timeout": 65 });
    const { client, server } = await context.open();
    await client.close();
    await context.see("orphan", { client: "orphan FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client(gracefulActive), server(gracefulPassive)],
};

const linger2: Scenario = {
  name: "linger2-negative",
  about: "TCP_LINGER2 below 0: no waiting in FIN_WAIT2, a RST as soon as the FIN is acknowledged.",
  ipv: 4,
  async run(context) {
    const { client } = await context.open({ client: { linger2: -1 } });
    await client.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-sent",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
    server({
      role: "passive",
      verdict: "reset-received",
      after: ["CLOSE_WAIT"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: false,
    }),
  ],
};

const heldLong: Scenario = {
  name: "fin-wait2-held-long-lived",
  about: "FIN_WAIT2 without limit: the descriptor is open and the peer never closes.",
  ipv: 4,
  seconds: 65,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await server.readToEnd();
    await context.stay("end", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" }, 65);
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      orphan: false,
      findings: ["stuck-fin-wait2"],
    }),
    server({
      role: "passive",
      verdict: "unfinished",
      after: ["CLOSE_WAIT"],
      waves: [1, 2],
      unread: "drained",
      orphan: false,
      findings: ["stuck-close-wait"],
    }),
  ],
};

export const finWait2: readonly Scenario[] = [
  shortTimeout,
  longTimeout,
  orphanGetsFin,
  linger2,
  heldLong,
];
