/** Processes that end with sockets open, and descriptors that more than one process holds. */
import type { Context, Open } from "../context.ts";
import { client, type Scenario, server } from "../scenario.ts";
import { clientClosesFirst, gracefulActive, gracefulPassive, resetWhileOpen } from "./truths.ts";

async function answered({ server }: Open, context: Context): Promise<void> {
  await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
  await server.close();
  await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
}

function death(name: string, about: string, die: (open: Open) => Promise<void>): Scenario {
  return {
    name,
    about,
    ipv: 4,
    async run(context) {
      const open = await context.open();
      await die(open);
      await answered(open, context);
    },
    expect: [client({ ...gracefulActive, trigger: "exit" }), server(gracefulPassive)],
  };
}

const exitUnread: Scenario = {
  name: "exit-with-unread-data",
  about: "A process exits while data waits in its receive queue: RST instead of FIN.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await server.send(300);
    await context.see("unread", { client: { as: "held ESTABLISHED", recvQ: 300 } });
    await client.actor.exit();
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({ trigger: "exit", verdict: "reset-sent", state: "CLOSE", orphan: true }),
    server(resetWhileOpen),
  ],
};

const passiveExit: Scenario = {
  name: "killed-in-close-wait",
  about: "The process that forgot to close is killed: CLOSE_WAIT ends at last, gracefully.",
  ipv: 6,
  async run(context) {
    const { client, server } = await context.open();
    await client.close();
    await server.readToEnd();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.actor.kill();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client(gracefulActive), server({ ...gracefulPassive, trigger: "exit" })],
};

const duplicate: Scenario = {
  name: "closed-with-duplicate",
  about: "close() of one of two descriptors sends nothing; the last one sends the FIN.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    const second = await open.client.dup();
    await open.client.close();
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await second.close();
    await answered(open, context);
  },
  expect: clientClosesFirst,
};

const forked: Scenario = {
  name: "closed-by-forked-child",
  about: "The parent's close() is silent while its child holds the socket; the child closes it.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    const { actor } = open.client;
    const child = await actor.fork();
    await open.client.close();
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    actor.closeIn(child);
    await answered(open, context);
  },
  expect: [client({ ...gracefulActive, owner: "lt-child" }), server(gracefulPassive)],
};

const childKilled: Scenario = {
  name: "forked-child-killed",
  about: "The parent has closed, the child that holds the socket is killed.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    const { actor } = open.client;
    const child = await actor.fork();
    await open.client.close();
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await actor.killChild(child);
    await answered(open, context);
  },
  expect: [
    client({ ...gracefulActive, trigger: "exit", owner: "lt-child" }),
    server(gracefulPassive),
  ],
};

const childHolds: Scenario = {
  name: "close-wait-held-by-child",
  about: "The server has closed its descriptor, but a child it forked holds on: CLOSE_WAIT stays.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await server.actor.fork();
    await client.close();
    await server.closeAtEnd();
    await context.stay("end", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" }, 11);
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      orphan: true,
    }),
    server({
      role: "passive",
      verdict: "unfinished",
      after: ["CLOSE_WAIT"],
      waves: [1, 2],
      unread: "drained",
      orphan: false,
      owner: "lt-child",
      findings: ["stuck-close-wait"],
    }),
  ],
};

const passed: Scenario = {
  name: "descriptor-passed",
  about: "The acceptor hands the socket to a worker by SCM_RIGHTS; the worker closes it.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const worker = await context.actor("server", "lt-worker");
    const taken = await server.give(worker);
    await server.close();
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await client.send(10);
    await taken.recv(10);
    await client.close();
    await taken.readToEnd();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await taken.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client(gracefulActive), server({ ...gracefulPassive, owner: "lt-worker" })],
};

export const processes: readonly Scenario[] = [
  death("sigkill", "SIGKILL: the kernel closes for the dead process, with FIN.", ({ client }) =>
    client.actor.kill(),
  ),
  death("exit-without-close", "A process exits with the socket open: FIN.", ({ client }) =>
    client.actor.exit(),
  ),
  exitUnread,
  passiveExit,
  duplicate,
  forked,
  childKilled,
  childHolds,
  passed,
];
