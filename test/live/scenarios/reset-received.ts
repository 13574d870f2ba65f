/** A RST received in each state that an end can be in. */
import { client, type Scenario, server } from "../scenario.ts";

const refused: Scenario = {
  name: "reset-in-syn-sent",
  about: "Nobody listens: the SYN is answered by RST and connect() fails with ECONNREFUSED.",
  ipv: 4,
  async run(context) {
    const actor = await context.main("client");
    const from = context.port + 1;
    context.register("main", from);
    const connecting = actor.connect({
      family: 4,
      host: context.addressOf("server"),
      port: context.port,
      bind: { host: "0.0.0.0", port: from },
    });
    const code = await connecting.then(
      () => "connected",
      (error) => error.code,
    );
    if (code !== "ECONNREFUSED") throw new Error(`connect: ${code}`);
    await context.see("end", { client: "gone" });
  },
  expect: [client({ verdict: "refused", states: ["SYN_SENT"], state: "CLOSE", orphan: false })],
};

const closeWait: Scenario = {
  name: "reset-in-close-wait",
  about: "The first closer aborts in FIN_WAIT2: the other end leaves CLOSE_WAIT with EPIPE.",
  ipv: 4,
  async run(context) {
    const { client } = await context.open();
    await client.shutdown("wr");
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await client.set({ linger: 0 });
    await client.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
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

const finWait1: Scenario = {
  name: "reset-in-fin-wait1",
  about: "The FIN is lost, the peer aborts for reasons of its own: FIN_WAIT1 ends by RST.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await context.drop("server", { what: "FIN" });
    await client.close();
    await context.see("sent", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
    await server.set({ linger: 0 });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-received",
      after: ["FIN_WAIT1"],
      state: "CLOSE",
      waves: [1],
      lostWave: 1,
      resends: { FIN: 0 },
      orphan: true,
    }),
    server({
      trigger: "linger",
      verdict: "reset-sent",
      state: "CLOSE",
      lostWave: 1,
      orphan: true,
    }),
  ],
};

const mini: Scenario = {
  name: "reset-in-fin-wait2-mini",
  about: "The peer aborts in CLOSE_WAIT: its RST kills the FIN_WAIT2 mini-socket without a word.",
  ipv: 6,
  async run(context) {
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.set({ linger: 0 });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-received",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
    server({
      role: "passive",
      trigger: "linger",
      verdict: "reset-sent",
      after: ["CLOSE_WAIT"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
  ],
};

const lastAck: Scenario = {
  name: "reset-in-last-ack",
  about: "The second FIN is lost and the first closer aborts: LAST_ACK ends by RST.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await context.drop("client", { what: "FIN" });
    await server.close();
    await context.see("sent", { client: "held FIN_WAIT2", server: "orphan LAST_ACK" });
    await client.set({ linger: 0 });
    await client.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "reset-sent",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      lostWave: 3,
      orphan: true,
    }),
    server({
      role: "passive",
      trigger: "close",
      verdict: "reset-received",
      after: ["CLOSE_WAIT", "LAST_ACK"],
      state: "CLOSE",
      waves: [1, 2, 3],
      lostWave: 3,
      resends: { FIN: 0 },
      orphan: true,
    }),
  ],
};

const closing: Scenario = {
  name: "reset-in-closing",
  about: "One end has both FINs and waits in CLOSING; the other, which has none, aborts.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await context.drop("client", { what: "FIN" });
    await context.drop("client", { what: "ACK" });
    await server.shutdown("wr");
    await context.see("first", { client: "held ESTABLISHED", server: "held FIN_WAIT1" });
    await client.shutdown("wr");
    await context.see("crossed", { client: "held FIN_WAIT1", server: "held CLOSING" });
    await client.set({ linger: 0 });
    await client.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "reset-sent",
      after: ["FIN_WAIT1"],
      state: "CLOSE",
      waves: [1],
      resends: { FIN: 0 },
      orphan: true,
    }),
    server({
      role: "simultaneous",
      trigger: "shutdown",
      verdict: "reset-received",
      after: ["FIN_WAIT1", "CLOSING"],
      state: "CLOSE",
      waves: [1, 3, 4],
      lostWave: 1,
      resends: { FIN: 0 },
      orphan: false,
    }),
  ],
};

const embryonic: Scenario = {
  name: "reset-in-syn-recv",
  about: "The client's third ACK is lost and it aborts: the request socket goes without an event.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    const trap = await context.drop("server", { what: "ACK" });
    const client = await context.connect(listener);
    await context.see("half-open", { client: "held ESTABLISHED", server: "SYN_RECV" });
    await client.set({ linger: 0 });
    await client.close();
    await context.see("end", { client: "gone", server: "gone" });
    await trap.remove();
  },
  expect: [client({ trigger: "linger", verdict: "reset-sent", state: "CLOSE", orphan: true })],
};

export const resetReceived: readonly Scenario[] = [
  refused,
  closeWait,
  finWait1,
  mini,
  lastAck,
  closing,
  embryonic,
];
