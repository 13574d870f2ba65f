/** CLOSE_WAIT that does not end, in each kind that its receive queue tells apart. */
import type { Context, Open } from "../context.ts";
import { client, type EndSketch, type EndTruth, type Scenario, server } from "../scenario.ts";

const stuck = 11;

const waitingClient: EndSketch = {
  role: "active",
  trigger: "close",
  verdict: "unfinished",
  after: ["FIN_WAIT1", "FIN_WAIT2"],
  waves: [1, 2],
  orphan: true,
};

const stuckServer: EndSketch = {
  role: "passive",
  verdict: "unfinished",
  after: ["CLOSE_WAIT"],
  waves: [1, 2],
  orphan: false,
  findings: ["stuck-close-wait"],
};

interface Kind {
  readonly name: string;
  readonly about: string;
  readonly recvQ: number;
  readonly truth: Pick<EndSketch, "unread" | "unreadBytes">;
  /** What the two do up to the client's close(). */
  readonly before: (open: Open, context: Context) => Promise<void>;
  /** What the server still reads after the FIN. */
  readonly after?: (open: Open) => Promise<unknown>;
}

function held({ name, about, recvQ, truth, before, after }: Kind): Scenario {
  return {
    name,
    about,
    ipv: 4,
    async run(context) {
      const open = await context.open();
      await before(open, context);
      await open.client.close();
      await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
      await after?.(open);
      const seen = { client: "mini FIN_WAIT2", server: { as: "held CLOSE_WAIT", recvQ } } as const;
      await context.stay("end", seen, stuck);
    },
    expect: [client(waitingClient), server({ ...stuckServer, ...truth })],
  };
}

const kinds: readonly Kind[] = [
  {
    name: "close-wait-drained",
    about: "The application has read the end of the stream and forgets to close.",
    recvQ: 0,
    truth: { unread: "drained" },
    before: async ({ client, server }) => {
      await client.send(100);
      await server.recv(100);
    },
    after: ({ server }) => server.readToEnd(),
  },
  {
    name: "close-wait-fin-unread",
    about: "The application has read all data and does not read again: only the FIN waits.",
    recvQ: 1,
    truth: { unread: "fin-unread", unreadBytes: 0 },
    before: async ({ client, server }) => {
      await client.send(100);
      await server.recv(100);
    },
  },
  {
    name: "close-wait-data-unread",
    about: "Data and FIN wait unread; a close() now would send RST.",
    recvQ: 501,
    truth: { unread: "data-unread", unreadBytes: 500 },
    before: async ({ client }) => {
      await client.send(500);
    },
  },
];

const finWithLastByte: Scenario = {
  name: "close-wait-drained-without-eof",
  about: "The recv() that takes the last byte takes the FIN too: empty queue, and no EOF returned.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const trap = await context.drop("server", { what: "ANY" });
    await client.send(5);
    await client.close();
    await trap.taken(4);
    await trap.remove();
    await context.see("half", { server: { as: "held CLOSE_WAIT", recvQ: 6 } });
    await server.recv(3);
    await context.see("three left", { server: { as: "held CLOSE_WAIT", recvQ: 3 } });
    await server.recv(2);
    const seen = { client: "mini FIN_WAIT2", server: { as: "held CLOSE_WAIT", recvQ: 0 } } as const;
    await context.see("end", seen);
  },
  expect: [
    client({
      ...waitingClient,
      lostWave: 1,
      resends: { DATA: 0, FIN: 0, "DATA+FIN": 1 },
    }),
    server({ ...stuckServer, lostWave: 1, unread: "drained", findings: [] }),
  ],
};

const notAccepted: Scenario = {
  name: "close-wait-not-accepted",
  about: "The client has come and gone; the listener's owner never accepts: inode 0.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    const client = await context.connect(listener);
    await client.send(50);
    await client.close();
    const seen = {
      client: "mini FIN_WAIT2",
      server: { as: "orphan CLOSE_WAIT", recvQ: 51 },
    } as const;
    await context.stay("end", seen, stuck);
  },
  expect: [
    client(waitingClient),
    server({ ...stuckServer, unread: "not-accepted", unreadBytes: 50, owner: null }),
  ],
};

/** Descriptor limit of the leaking server, and how many connections it leaks: 80 % and more. */
const limit = 40;
const leaked = 29;

const exhaustion: Scenario = {
  name: "descriptor-exhaustion",
  about: "A server leaks accepted sockets in CLOSE_WAIT until 80 % of its descriptors are gone.",
  ipv: 4,
  seconds: 20,
  async run(context) {
    const listener = await context.listen();
    await listener.actor.limitFiles(limit);
    for (let i = 1; i <= leaked; i += 1) {
      const { client, server } = await context.open({ name: `c${i}` }, listener);
      await client.close();
      await server.readToEnd();
    }
    // Where the ACK comes while close() still holds the socket, the kernel leaves it a full one on
    // its keepalive timer (tcp_rcv_state_process, sock_owned_by_user): one in some hundred.
    const seen = { client: "FIN_WAIT2", server: "held CLOSE_WAIT" } as const;
    await context.stay("end", seen, stuck, "every");
  },
  expect: every([
    client(waitingClient),
    server({
      ...stuckServer,
      unread: "drained",
      findings: ["stuck-close-wait", "descriptor-exhaustion"],
    }),
  ]),
};

function every(truths: readonly EndTruth[]): EndTruth[] {
  return truths.map((truth) => ({ ...truth, connection: "every" }));
}

export const closeWait: readonly Scenario[] = [
  ...kinds.map(held),
  finWithLastByte,
  notAccepted,
  exhaustion,
];
