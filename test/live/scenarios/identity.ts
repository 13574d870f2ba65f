/** Tuples that come again, TIME_WAIT that is cut short or never begins, ports that run out. */
import type { Context } from "../context.ts";
import { client, type EndTruth, type Scenario, server } from "../scenario.ts";
import { gracefulActive, gracefulPassive, stillOpen } from "./truths.ts";

const named = (connection: string, truths: readonly EndTruth[]): EndTruth[] =>
  truths.map((truth) => ({ ...truth, connection }));

function reusedByConnect(name: string, ipv: Scenario["ipv"]): Scenario {
  return {
    name,
    about: "connect() from the port that is in TIME_WAIT takes the tuple over at once.",
    ipv,
    async run(context) {
      const listener = await context.listen();
      const from = context.port + 1;
      const first = await context.open({ name: "first", from }, listener);
      const closing = first.server.closeAtEnd();
      await first.client.close();
      await closing;
      await context.see("time-wait", { client: "mini TIME_WAIT", server: "gone" }, "first");
      await context.open({ name: "second", from }, listener);
      await context.see(
        "end",
        { client: "held ESTABLISHED", server: "held ESTABLISHED" },
        "second",
      );
    },
    expect: [
      ...named("first", [client({ ...gracefulActive }), server(gracefulPassive)]),
      ...named("second", [client(stillOpen), server(stillOpen)]),
    ],
  };
}

const reusedBySyn: Scenario = {
  name: "tuple-reused-by-syn",
  about: "TIME_WAIT is at the server; a new SYN from the same port kills it and opens anew.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    const from = context.port + 1;
    const first = await context.open({ name: "first", from }, listener);
    const closing = first.client.closeAtEnd();
    await first.server.close();
    await closing;
    await context.see("time-wait", { client: "gone", server: "mini TIME_WAIT" }, "first");
    await context.open({ name: "second", from }, listener);
    await context.see("end", { client: "held ESTABLISHED", server: "held ESTABLISHED" }, "second");
  },
  expect: [
    ...named("first", [client(gracefulPassive), server(gracefulActive)]),
    ...named("second", [client(stillOpen), server(stillOpen)]),
  ],
};

const quickly: Scenario = {
  name: "tuple-reused-five-times",
  about: "The same four-tuple lives five times within a second, each life ended by SO_LINGER 0.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    for (let i = 1; i <= 5; i += 1) {
      const { client } = await context.open({ name: `c${i}`, from: context.port + 1 }, listener);
      await client.set({ linger: 0 });
      await client.close();
      await context.see(`life ${i}`, { client: "gone", server: "gone" }, `c${i}`);
    }
  },
  expect: named("every", [
    client({ trigger: "linger", verdict: "reset-sent", state: "CLOSE", orphan: true }),
    server({ verdict: "reset-received", state: "CLOSE", orphan: false }),
  ]),
};

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
      verdict: null,
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

const exhausted: Scenario = {
  name: "ports-exhausted",
  about: "Five ephemeral ports, five connections: the sixth connect() fails with EADDRNOTAVAIL.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.ip_local_port_range": "41000 41004" });
    const listener = await context.listen();
    for (let i = 1; i <= 5; i += 1) await context.open({ name: `c${i}` }, listener);
    await context.see("full", { client: "held ESTABLISHED" }, "every");
    const code = await context.connect(listener, { name: "sixth" }).then(
      () => "connected",
      (error) => error.code,
    );
    if (code !== "EADDRNOTAVAIL") throw new Error(`connect: ${code}`);
    context.register("sixth", 0);
    await context.see("end", { client: "gone" }, "sixth");
  },
  expect: [
    ...["c1", "c2", "c3", "c4", "c5"].flatMap((name) => named(name, [client(stillOpen)])),
    ...named("sixth", [
      client({
        verdict: null,
        states: ["SYN_SENT"],
        state: "CLOSE",
        orphan: false,
        findings: ["port-exhaustion"],
      }),
    ]),
  ],
};

const pressure: Scenario = {
  name: "time-wait-pressure",
  about: "TIME_WAIT holds 17 of 20 ephemeral ports towards one destination.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.ip_local_port_range": "42000 42019" });
    const listener = await context.listen();
    for (let i = 1; i <= 17; i += 1) {
      const { client, server } = await context.open({ name: `c${i}` }, listener);
      const closing = server.closeAtEnd();
      await client.close();
      await closing;
    }
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" }, "every");
  },
  expect: named("every", [
    client({ ...gracefulActive, findings: ["time-wait-pressure"] }),
    server(gracefulPassive),
  ]),
};

const mptcp: Scenario = {
  name: "mptcp-noise",
  about: "An MPTCP connection with its subflows closes beside a plain one.",
  ipv: 4,
  async run(context) {
    await context.open();
    const listener = await context.listen({ mptcp: true, port: context.port + 1 });
    const { client, server } = await context.open({ name: "mptcp", mptcp: true }, listener);
    await client.send(100);
    await server.recv(100);
    const closing = server.closeAtEnd();
    await client.close();
    await closing;
    await context.see("end", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
  },
  expect: [client(stillOpen), server(stillOpen)],
};

export const identity: readonly Scenario[] = [
  reusedByConnect("tuple-reused-by-connect", 4),
  reusedByConnect("tuple-reused-by-connect-v6", 6),
  reusedBySyn,
  quickly,
  noBucket,
  noBucketForOrphan,
  exhausted,
  pressure,
  mptcp,
];
