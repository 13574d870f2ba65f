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
  unaccepted,
  killed,
  several,
];
