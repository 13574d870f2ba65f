/** Connections that the kernel gives up: no answer to data, FIN, probe or SYN. */
import { client, type Scenario, server } from "../scenario.ts";
import { stillOpen } from "./truths.ts";

const silence = "The other end has fallen silent";

const keepalive: Scenario = {
  name: "keepalive-timeout",
  about: `${silence}: keepalive probes go unanswered and the idle connection ends, with a RST.`,
  ipv: 4,
  async run(context) {
    await context.open({ client: { keepalive: [1, 1, 2] } });
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await context.drop("server", { what: "ANY" });
    await context.see("end", { client: "gone", server: "held ESTABLISHED" });
  },
  expect: [client({ verdict: "timed-out", state: "CLOSE", orphan: false }), server(stillOpen)],
};

const userTimeout: Scenario = {
  name: "user-timeout",
  about: `${silence}: data stays unanswered for TCP_USER_TIMEOUT.`,
  ipv: 4,
  async run(context) {
    const { client } = await context.open({ client: { userTimeout: 1500 } });
    await context.drop("server", { what: "ANY" });
    await client.send(100);
    await context.see("end", { client: "gone", server: "held ESTABLISHED" });
  },
  expect: [
    client({ verdict: "timed-out", state: "CLOSE", resends: { DATA: 1 }, orphan: false }),
    server(stillOpen),
  ],
};

const retries: Scenario = {
  name: "retries2-timeout",
  about: `${silence}: data is sent again until tcp_retries2 (3) is used up.`,
  ipv: 6,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_retries2": 3 });
    const { client } = await context.open();
    await context.drop("server", { what: "ANY" });
    await client.send(100);
    await context.see("end", { client: "gone", server: "held ESTABLISHED" });
  },
  expect: [
    client({ verdict: "timed-out", state: "CLOSE", resends: { DATA: 3 }, orphan: false }),
    server(stillOpen),
  ],
};

const closeWaitTimeout: Scenario = {
  name: "close-wait-data-timeout",
  about: "In CLOSE_WAIT the own data is never acknowledged; CLOSE_WAIT ends by timeout.",
  ipv: 4,
  async run(context) {
    await context.net.server.sysctl({ "net.ipv4.tcp_retries2": 2 });
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await server.readToEnd();
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await context.drop("client", { what: "ANY" });
    await server.send(100);
    await context.see("end", { client: "held FIN_WAIT2", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      orphan: false,
    }),
    server({
      role: "passive",
      verdict: "timed-out",
      after: ["CLOSE_WAIT"],
      state: "CLOSE",
      waves: [1, 2],
      resends: { DATA: 2 },
      orphan: false,
    }),
  ],
};

const synTimeout: Scenario = {
  name: "syn-timeout",
  about: "Nobody answers the SYN; connect() gives up after TCP_SYNCNT (1) repetitions.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    await context.drop("server", { what: "SYN" });
    const route = context.route(listener, { client: { synCount: 1 } });
    const sock = await (await context.main("client")).connect({ ...route, wait: false });
    context.register("main", sock.local.port);
    await context.see("asked", { client: "held SYN_SENT" });
    await context.see("end", { client: { as: "gone" } });
  },
  expect: [
    client({
      verdict: "timed-out",
      states: ["SYN_SENT"],
      state: "CLOSE",
      resends: { SYN: 1 },
      orphan: false,
    }),
  ],
};

const synGivenUp: Scenario = {
  name: "connect-given-up",
  about: "The application closes the socket while it is still in SYN_SENT.",
  ipv: 6,
  async run(context) {
    const listener = await context.listen();
    await context.drop("server", { what: "SYN" });
    const sock = await (await context.main("client")).connect({
      ...context.route(listener),
      wait: false,
    });
    context.register("main", sock.local.port);
    await context.see("asked", { client: "held SYN_SENT" });
    await sock.close();
    await context.see("end", { client: "gone" });
  },
  expect: [
    client({
      trigger: "close",
      verdict: "unfinished",
      states: ["SYN_SENT"],
      state: "CLOSE",
      resends: { SYN: 0 },
      orphan: true,
    }),
  ],
};

const linger: Scenario = {
  name: "linger-expires",
  about: "SO_LINGER 2: close() blocks for 2 s on the unacknowledged FIN, then leaves an orphan.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_orphan_retries": 3 });
    const { client } = await context.open({ client: { linger: 2 } });
    await context.drop("server", { what: "FIN" });
    const closing = client.close();
    await context.see("blocked", { client: "FIN_WAIT1", server: "held ESTABLISHED" });
    const ms = await closing;
    if (ms < 1900) throw new Error(`close() came back after ${ms} ms`);
    await context.see("orphan", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
    await context.see("end", { client: "gone", server: "held ESTABLISHED" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "timed-out",
      after: ["FIN_WAIT1"],
      state: "CLOSE",
      waves: [1],
      lostWave: 1,
      resends: { FIN: 3 },
      orphan: true,
      findings: ["repeated-fin-retransmit"],
    }),
    server({ ...stillOpen, lostWave: 1 }),
  ],
};

export const timeouts: readonly Scenario[] = [
  keepalive,
  userTimeout,
  retries,
  closeWaitTimeout,
  synTimeout,
  synGivenUp,
  linger,
];
