/** Each of the four waves lost once on the wire, and what makes up for it. */
import type { Context, Open } from "../context.ts";
import { client, type EndSketch, type Scenario, server } from "../scenario.ts";
import type { TrapRule } from "../traps.ts";
import { gracefulActive, gracefulPassive } from "./truths.ts";

type Loss = {
  readonly wave: 1 | 2 | 3 | 4;
  /** The end that the segment does not reach. */
  readonly misses: "client" | "server";
  readonly what: TrapRule["what"];
};

async function closeFirst({ client }: Open, context: Context): Promise<void> {
  await client.close();
  await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
}

/** The end whose FIN stays unacknowledged is the one that sends it again. */
function lostOnce(name: string, ipv: Scenario["ipv"], { wave, misses, what }: Loss): Scenario {
  const again: Partial<EndSketch> = { lostWave: wave, resends: { FIN: 1 } };
  return {
    name,
    about: `Wave ${wave} is lost once; the FIN is sent again and the teardown goes on.`,
    ipv,
    async run(context) {
      const open = await context.open();
      await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
      if (wave > 2) await closeFirst(open, context);
      const trap = await context.drop(misses, { what, first: 1 });
      if (wave <= 2) await closeFirst(open, context);
      await open.server.close();
      await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
      if ((await trap.count()) !== 1) throw new Error("the trap did not take one segment");
    },
    expect: [
      client({ ...gracefulActive, ...(wave <= 2 ? again : { lostWave: wave }) }),
      server({ ...gracefulPassive, ...(wave > 2 ? again : { lostWave: wave }) }),
    ],
  };
}

const repeatedly: Scenario = {
  name: "wave-1-lost-four-times",
  about: "The FIN is lost four times; the fifth arrives.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    await context.drop("server", { what: "FIN", first: 4 });
    await closeFirst(open, context);
    await open.server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({
      ...gracefulActive,
      lostWave: 1,
      resends: { FIN: 4 },
      findings: ["repeated-fin-retransmit"],
    }),
    server({ ...gracefulPassive, lostWave: 1 }),
  ],
};

const rearmed: Scenario = {
  name: "time-wait-rearmed",
  about: "Wave 4 is lost for seconds: each repeated FIN starts TIME_WAIT's 60 seconds anew.",
  ipv: 4,
  async run(context) {
    const open = await context.open();
    await closeFirst(open, context);
    const trap = await context.drop("server", { what: "ACK", first: 4 });
    await open.server.close();
    await context.see("time-wait", { client: "mini TIME_WAIT", server: "orphan LAST_ACK" });
    await trap.taken(4);
    const began = Date.now();
    const rows = await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
    const left = rows.find(({ end }) => end === "client")?.row?.timerSeconds ?? 0;
    const sinceLast = Math.ceil((Date.now() - began) / 1000);
    if (left < 59 - sinceLast) throw new Error(`TIME_WAIT has only ${left} s left`);
  },
  expect: [
    client({ ...gracefulActive, lostWave: 4 }),
    server({
      ...gracefulPassive,
      lostWave: 4,
      resends: { FIN: 4 },
      findings: ["repeated-fin-retransmit"],
    }),
  ],
};

const dataAndFin: Scenario = {
  name: "data-and-fin-lost",
  about: "The last data and the FIN are lost; they are sent again together as one segment.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const trap = await context.drop("server", { what: "ANY" });
    await client.send(100);
    await client.close();
    await trap.taken(4);
    await trap.remove();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.readToEnd();
    await server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({ ...gracefulActive, lostWave: 1, resends: { FIN: 0, DATA: 0, "DATA+FIN": 1 } }),
    server({ ...gracefulPassive, lostWave: 1 }),
  ],
};

const dataBeforeFin: Scenario = {
  name: "data-lost-before-fin",
  about: "In FIN_WAIT1 it is the head of the lost data that is sent again, without FIN.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const trap = await context.drop("server", { what: "ANY" });
    await client.send(12_000);
    await client.close();
    await context.see("sent", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
    await trap.taken(4);
    await trap.remove();
    await server.readToEnd();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.close();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: [
    client({ ...gracefulActive, lostWave: 1, resends: { DATA: 1, FIN: 0, "DATA+FIN": 0 } }),
    server({ ...gracefulPassive, lostWave: 1 }),
  ],
};

export const loss: readonly Scenario[] = [
  lostOnce("wave-1-lost-once", 4, { wave: 1, misses: "server", what: "FIN" }),
  lostOnce("wave-2-lost-once", 4, { wave: 2, misses: "client", what: "ACK" }),
  lostOnce("wave-3-lost-once", 4, { wave: 3, misses: "client", what: "FIN" }),
  lostOnce("wave-4-lost-once", 4, { wave: 4, misses: "server", what: "ACK" }),
  lostOnce("wave-1-lost-once-v6", 6, { wave: 1, misses: "server", what: "FIN" }),
  lostOnce("wave-4-lost-once-v6", 6, { wave: 4, misses: "server", what: "ACK" }),
  repeatedly,
  rearmed,
  dataAndFin,
  dataBeforeFin,
];
