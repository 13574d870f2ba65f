/** Both ends send FIN before either has the other's: CLOSING, and TIME_WAIT at both ends. */
import { tcpFlags, Wire } from "../actors/wire.ts";
import type { Context, Open } from "../context.ts";
import { device } from "../net.ts";
import { client, type EndSketch, type Scenario, server } from "../scenario.ts";
import { four } from "./truths.ts";

/**
 * Bring both ends into CLOSING: catch each original FIN, lose it and the ACKs, then deliver both.
 *
 * The original copies are needed: a FIN sent again after the other's FIN has come in acknowledges
 * it, and its receiver goes from FIN_WAIT1 to TIME_WAIT without CLOSING.
 */
async function cross(context: Context, close: (sock: Open["client"]) => Promise<unknown>) {
  const { client, server } = await context.open();
  const traps = [
    await context.drop("client", { what: "FIN" }),
    await context.drop("server", { what: "FIN" }),
    await context.drop("client", { what: "ACK" }),
    await context.drop("server", { what: "ACK" }),
  ];
  const wires = [
    await Wire.tap(client.actor, device, tcpFlags.FIN),
    await Wire.tap(server.actor, device, tcpFlags.FIN),
  ];
  await Promise.all([close(client), close(server)]);
  await context.see("both sent", { client: "FIN_WAIT1", server: "FIN_WAIT1" });
  for (const wire of wires) await wire.inject(await wire.next());
  await context.see("crossed", { client: "CLOSING", server: "CLOSING" });
  return { client, server, traps };
}

const both: EndSketch = {
  role: "simultaneous",
  trigger: "close",
  verdict: "graceful",
  after: ["FIN_WAIT1", "CLOSING", "TIME_WAIT"],
  waves: four,
  resends: { FIN: 0 },
  orphan: true,
};

function crossing(name: string, ipv: Scenario["ipv"]): Scenario {
  return {
    name,
    about: "Two FINs cross on the wire; both ends go through CLOSING into TIME_WAIT.",
    ipv,
    async run(context) {
      const { traps } = await cross(context, (sock) => sock.close());
      for (const trap of traps) await trap.remove();
      await context.see("end", { client: "mini TIME_WAIT", server: "mini TIME_WAIT" });
    },
    expect: [client(both), server(both)],
  };
}

const shut: Scenario = {
  name: "simultaneous-shutdown",
  about: "The FINs of two shutdown(WR) cross; the descriptors stay open into TIME_WAIT.",
  ipv: 4,
  async run(context) {
    const { traps } = await cross(context, (sock) => sock.shutdown("wr"));
    for (const trap of traps) await trap.remove();
    await context.see("end", { client: "mini TIME_WAIT", server: "mini TIME_WAIT" });
  },
  expect: [
    client({ ...both, trigger: "shutdown", orphan: false }),
    server({ ...both, trigger: "shutdown", orphan: false }),
  ],
};

export const simultaneous: readonly Scenario[] = [
  crossing("simultaneous-v4", 4),
  crossing("simultaneous-v6", 6),
  shut,
];
