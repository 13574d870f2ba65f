/** Tuples that come again, and ports that run out. */
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

const reusedByRule: Scenario = {
  name: "tuple-reused-by-tcp-tw-reuse",
  about: "Every ephemeral port is in TIME_WAIT; tcp_tw_reuse lets an unbound connect() take one.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.ip_local_port_range": "43000 43001" });
    const listener = await context.listen();
    for (const name of ["first", "second"]) {
      const { client, server } = await context.open({ name }, listener);
      const closing = server.closeAtEnd();
      await client.close();
      await closing;
    }
    await context.see("full", { client: "mini TIME_WAIT", server: "gone" }, "every");
    await context.net.client.sysctl({
      "net.ipv4.tcp_tw_reuse": 1,
      "net.ipv4.tcp_tw_reuse_delay": 1,
    });
    await context.open({ name: "third" }, listener);
    await context.see("end", { client: "held ESTABLISHED", server: "held ESTABLISHED" }, "third");
    const recycled = (await context.namespaceOf("client").counters()).get("TWRecycled");
    if (recycled !== 1) throw new Error(`TWRecycled is ${recycled}`);
  },
  expect: [
    ...["first", "second"].flatMap((name) =>
      named(name, [client(gracefulActive), server(gracefulPassive)]),
    ),
    ...named("third", [client(stillOpen), server(stillOpen)]),
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

/** An even number: of an odd range connect() may leave one port unused. */
const fitting = ["c1", "c2", "c3", "c4"] as const;

const exhausted: Scenario = {
  name: "ports-exhausted",
  about: "Four ephemeral ports, four connections: the fifth connect() fails with EADDRNOTAVAIL.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.ip_local_port_range": "41000 41003" });
    const listener = await context.listen();
    for (const name of fitting) await context.open({ name }, listener);
    await context.see("full", { client: "held ESTABLISHED", server: "held ESTABLISHED" }, "every");
    const code = await context.connect(listener, { name: "fifth" }).then(
      () => "connected",
      (error) => error.code,
    );
    if (code !== "EADDRNOTAVAIL") throw new Error(`connect: ${code}`);
    context.register("fifth", 0);
    await context.see("end", { client: "gone" }, "fifth");
  },
  expect: [
    ...fitting.flatMap((name) => named(name, [client(stillOpen), server(stillOpen)])),
    ...named("fifth", [
      client({
        verdict: "unfinished",
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
  reusedByRule,
  quickly,
  exhausted,
  pressure,
  mptcp,
];
