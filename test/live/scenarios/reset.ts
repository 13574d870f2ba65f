/** Ends that send RST instead of FIN, and ends that learn too late that they should have read. */
import { client, type Scenario, server } from "../scenario.ts";
import { resetWhileOpen } from "./truths.ts";

const unreadData: Scenario = {
  name: "close-with-unread-data",
  about: "close() while the receive queue holds data: RST at once, no FIN at all.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.send(500);
    await context.see("unread", { server: { as: "held ESTABLISHED", recvQ: 500 } });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client(resetWhileOpen),
    server({ trigger: "unread-data", verdict: "reset-sent", state: "CLOSE", orphan: true }),
  ],
};

const unreadDataInCloseWait: Scenario = {
  name: "close-with-unread-data-after-fin",
  about: "The peer has sent data and FIN; close() without reading answers with RST.",
  ipv: 6,
  async run(context) {
    const { client, server } = await context.open();
    await client.send(500);
    await client.shutdown("wr");
    await context.see("unread", {
      client: "held FIN_WAIT2",
      server: { as: "held CLOSE_WAIT", recvQ: 501 },
    });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "reset-received",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: false,
    }),
    server({
      role: "passive",
      trigger: "unread-data",
      verdict: "reset-sent",
      after: ["CLOSE_WAIT"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
  ],
};

function lingerZero(name: string, ipv: Scenario["ipv"]): Scenario {
  return {
    name,
    about: "SO_LINGER with 0 seconds: close() sends RST, nothing waits anywhere.",
    ipv,
    async run(context) {
      const { client } = await context.open();
      await client.set({ linger: 0 });
      await client.close();
      await context.see("end", { client: "gone", server: "gone" });
    },
    expect: [
      client({ trigger: "linger", verdict: "reset-sent", state: "CLOSE", orphan: true }),
      server(resetWhileOpen),
    ],
  };
}

const lingerZeroInCloseWait: Scenario = {
  name: "linger-0-after-fin",
  about: "The peer's FIN has come; SO_LINGER 0 answers it with RST.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await server.readToEnd();
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.set({ linger: 0 });
    await server.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "reset-received",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: false,
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

const dataInFinWait2: Scenario = {
  name: "data-after-close-orphan",
  about: "Data reaches an orphan that is a full socket in FIN_WAIT2 (tcp_fin_timeout 65): RST.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_fin_timeout": 65 });
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "orphan FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.send(10);
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

const dataInFinWait1: Scenario = {
  name: "data-after-close-fin-wait1",
  about: "Data reaches an orphan whose own FIN is lost: FIN_WAIT1 ends with RST.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await context.drop("server", { what: "FIN" });
    await client.close();
    await context.see("sent", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
    await server.send(10);
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-sent",
      after: ["FIN_WAIT1"],
      state: "CLOSE",
      waves: [1],
      lostWave: 1,
      resends: { FIN: 0 },
      orphan: true,
    }),
    server({ ...resetWhileOpen, lostWave: 1 }),
  ],
};

const dataAtMini: Scenario = {
  name: "data-after-close-mini",
  about:
    "Data reaches the FIN_WAIT2 mini-socket of a closed end: RST, and the mini-socket is gone.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.send(10);
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

const unaccepted: Scenario = {
  name: "listener-closed-with-unaccepted",
  about: "The listener is closed while a connection waits in its accept queue: RST to the client.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    await context.connect(listener);
    await context.see("queued", { client: "held ESTABLISHED", server: "orphan ESTABLISHED" });
    await listener.close();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client(resetWhileOpen),
    server({ trigger: "close", verdict: "reset-sent", state: "CLOSE", orphan: true, owner: null }),
  ],
};

const killed: Scenario = {
  name: "ss-kill",
  about: "An administrator destroys the socket with ss -K; the peer gets RST.",
  ipv: 4,
  async run(context) {
    const { client } = await context.open();
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await context.namespaceOf("client").exec("ss", "-tK", `sport = :${client.local.port}`);
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [client({ verdict: "killed", state: "CLOSE", orphan: false }), server(resetWhileOpen)],
};

const several: Scenario = {
  name: "reset-teardown-repeated",
  about: "Seven teardowns by RST with one cause between the same two addresses within a minute.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    for (let i = 1; i <= 7; i += 1) {
      const { client } = await context.open({ name: `c${i}` }, listener);
      await client.set({ linger: 0 });
      await client.close();
    }
    await context.see("end", { client: "gone", server: "gone" }, "every");
  },
  expect: [
    client({
      connection: "every",
      trigger: "linger",
      verdict: "reset-sent",
      state: "CLOSE",
      orphan: true,
      findings: ["reset-teardown"],
    }),
    server({ ...resetWhileOpen, connection: "every", findings: ["reset-teardown"] }),
  ],
};

export const reset: readonly Scenario[] = [
  unreadData,
  unreadDataInCloseWait,
  lingerZero("linger-0-v4", 4),
  lingerZero("linger-0-v6", 6),
  lingerZero("linger-0-mapped", "mapped"),
  lingerZeroInCloseWait,
  dataInFinWait2,
  dataInFinWait1,
  dataAtMini,
  unaccepted,
  killed,
  several,
];
