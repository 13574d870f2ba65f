/** Teardowns that begin with shutdown(): the descriptor stays, and so does FIN_WAIT2. */
import { client, type Scenario, server } from "../scenario.ts";
import { clientClosesFirst, gracefulActive, gracefulPassive } from "./truths.ts";

const peerAnswers: Scenario = {
  name: "shutdown-peer-closes",
  about: "shutdown(WR), the peer closes: TIME_WAIT begins while the descriptor is still open.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await server.readToEnd();
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("time-wait", { client: "mini TIME_WAIT", server: "gone" });
    await client.readToEnd();
    await client.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client({ ...gracefulActive, trigger: "shutdown" }), server(gracefulPassive)],
};

const descriptorStays: Scenario = {
  name: "shutdown-descriptor-stays",
  about: "shutdown(WR), the peer closes, and nobody ever closes this end's descriptor.",
  ipv: 6,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await server.closeAtEnd();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({ ...gracefulActive, trigger: "shutdown", orphan: false }),
    server(gracefulPassive),
  ],
};

const closeInFinWait2: Scenario = {
  name: "shutdown-then-close",
  about: "close() in FIN_WAIT2 makes an orphan, and the orphan a mini-socket, still in FIN_WAIT2.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    await context.see("held", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await client.close();
    await context.see("orphan", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client({ ...gracefulActive, trigger: "shutdown" }), server(gracefulPassive)],
};

const halfCloseCarriesData: Scenario = {
  name: "half-close-carries-data",
  about: "The client has shut its direction; the server goes on sending, then closes.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    for (let i = 0; i < 5; i += 1) {
      await server.send(10_000);
      await client.recv(10_000);
    }
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await client.readToEnd();
    await client.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client({ ...gracefulActive, trigger: "shutdown" }), server(gracefulPassive)],
};

const halfCloseLong: Scenario = {
  name: "half-close-long-lived",
  about: "One direction shut for more than a minute while the other carries data all the time.",
  ipv: 4,
  seconds: 65,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("wr");
    const half = { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" } as const;
    for (let i = 1; i <= 6; i += 1) {
      await server.send(1000);
      await client.recv(1000);
      await context.stay(`half ${i}`, half, 11);
    }
    await server.send(1000);
    await client.recv(1000);
    await context.see("end", half);
  },
  expect: [
    client({
      role: "active",
      trigger: "shutdown",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      orphan: false,
      findings: ["half-close"],
    }),
    server({
      role: "passive",
      verdict: "unfinished",
      after: ["CLOSE_WAIT"],
      waves: [1, 2],
      unread: "fin-unread",
      orphan: false,
    }),
  ],
};

const shutdownBoth: Scenario = {
  name: "shutdown-both",
  about: "shutdown(RDWR) sends FIN like close(), yet the descriptor stays.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("rdwr");
    await context.see("half", { client: "held FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("time-wait", { client: "mini TIME_WAIT", server: "gone" });
    await client.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client({ ...gracefulActive, trigger: "shutdown" }), server(gracefulPassive)],
};

const passiveShutdown: Scenario = {
  name: "close-wait-ended-by-shutdown",
  about: "shutdown(WR) ends CLOSE_WAIT as well as close() does: FIN, LAST_ACK, gone.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.shutdown("wr");
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client(gracefulActive),
    server({ ...gracefulPassive, trigger: "shutdown", orphan: false }),
  ],
};

const closeInFinWait1: Scenario = {
  name: "shutdown-then-close-in-fin-wait1",
  about: "The FIN of shutdown(WR) is lost once; close() meets FIN_WAIT1 and makes an orphan of it.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const trap = await context.drop("server", { what: "FIN" });
    await client.shutdown("wr");
    await context.see("held", { client: "held FIN_WAIT1", server: "held ESTABLISHED" });
    await client.close();
    await context.see("orphan", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
    await trap.remove();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({ ...gracefulActive, trigger: "shutdown", lostWave: 1, resends: { FIN: 1 } }),
    server({ ...gracefulPassive, lostWave: 1 }),
  ],
};

const closeInLastAck: Scenario = {
  name: "shutdown-then-close-in-last-ack",
  about: "The FIN of the second closer's shutdown(WR) is lost once; close() meets LAST_ACK.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    const trap = await context.drop("client", { what: "FIN" });
    await server.shutdown("wr");
    await context.see("held", { client: "mini FIN_WAIT2", server: "held LAST_ACK" });
    await server.close();
    await context.see("orphan", { client: "mini FIN_WAIT2", server: "orphan LAST_ACK" });
    await trap.remove();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({ ...gracefulActive, lostWave: 3 }),
    server({ ...gracefulPassive, trigger: "shutdown", lostWave: 3, resends: { FIN: 1 } }),
  ],
};

const readShutdown: Scenario = {
  name: "shutdown-read-is-no-teardown",
  about: "shutdown(RD) sends nothing; the teardown is the plain one that follows.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.shutdown("rd");
    await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    const closing = server.closeAtEnd();
    await client.close();
    await closing;
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: clientClosesFirst,
};

export const shutdown: readonly Scenario[] = [
  peerAnswers,
  descriptorStays,
  closeInFinWait2,
  halfCloseCarriesData,
  halfCloseLong,
  shutdownBoth,
  passiveShutdown,
  closeInFinWait1,
  closeInLastAck,
  readShutdown,
];
