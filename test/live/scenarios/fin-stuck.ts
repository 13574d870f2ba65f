/** FINs that are long on their way or cannot leave at all: lost, behind a window, refused here. */
import { client, type Scenario, server } from "../scenario.ts";
import { gracefulActive, gracefulPassive } from "./truths.ts";

const stuckFinWait1: Scenario = {
  name: "fin-wait1-stuck-recovers",
  about: "The FIN is lost for six seconds; the next repetition gets through.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    const trap = await context.drop("server", { what: "FIN" });
    await open.client.close();
    const stuck = { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" } as const;
    await context.stay("stuck", stuck, 5.5);
    await trap.remove();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await open.server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({
      ...gracefulActive,
      lostWave: 1,
      resends: { FIN: 4 },
      findings: ["stuck-fin-wait1", "repeated-fin-retransmit"],
    }),
    server({ ...gracefulPassive, lostWave: 1 }),
  ],
};

const stuckLastAck: Scenario = {
  name: "last-ack-stuck",
  about: "The second FIN does not arrive for six seconds and the scenario ends before it does.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    await open.client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await context.drop("client", { what: "FIN" });
    await open.server.close();
    await context.stay("end", { client: "mini FIN_WAIT2", server: "orphan LAST_ACK" }, 6);
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      lostWave: 3,
      orphan: true,
    }),
    server({
      role: "passive",
      trigger: "close",
      verdict: "unfinished",
      after: ["CLOSE_WAIT", "LAST_ACK"],
      waves: [1, 2, 3],
      lostWave: 3,
      orphan: true,
      resends: { FIN: 4 },
      findings: ["stuck-last-ack", "repeated-fin-retransmit"],
    }),
  ],
};

const zeroWindow: Scenario = {
  name: "fin-behind-zero-window",
  about: "The peer does not read: the FIN waits behind a closed window and nothing is sent again.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open({ server: { rcvbuf: 4096 } });
    await client.fill();
    await client.close();
    await context.stay(
      "stuck",
      { client: { as: "orphan FIN_WAIT1", timer: "persist" }, server: "held ESTABLISHED" },
      5.5,
    );
    await server.closeAtEnd();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({
      ...gracefulActive,
      resends: { DATA: 0, "DATA+FIN": 0, FIN: 0 },
      findings: ["stuck-fin-wait1"],
    }),
    server(gracefulPassive),
  ],
};

const egress: Scenario = {
  name: "fin-dropped-locally",
  about: "A local rule refuses the FIN to the stack itself: no re-send is ever recorded.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const trap = await context.drop("client", { what: "FIN", at: "output" });
    await client.close();
    await context.see("stuck", {
      client: { as: "orphan FIN_WAIT1", timer: "persist" },
      server: "held ESTABLISHED",
    });
    await trap.taken(3);
    await trap.remove();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [client(gracefulActive), server(gracefulPassive)],
};

export const finStuck: readonly Scenario[] = [stuckFinWait1, stuckLastAck, zeroWindow, egress];
