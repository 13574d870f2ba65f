/** Teardowns as they should be: four waves, TIME_WAIT where the first FIN came from. */
import { client, type Scenario, server } from "../scenario.ts";
import { clientClosesFirst, gracefulActive, gracefulPassive } from "./truths.ts";

function plainClose(name: string, ipv: Scenario["ipv"], loopback?: true): Scenario {
  return {
    name,
    about: "close() by the client, then by the server once its ACK is out: four segments.",
    ipv,
    ...(loopback && { loopback }),
    async run(context) {
      const { client, server } = await context.open();
      await client.send(100);
      await server.recv(100);
      await context.see("open", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
      await client.close();
      await context.see("half", {
        client: "mini FIN_WAIT2",
        server: { as: "held CLOSE_WAIT", recvQ: 1 },
      });
      await server.readToEnd();
      await server.close();
      await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
    },
    expect: clientClosesFirst,
  };
}

const serverFirst: Scenario = {
  name: "server-closes-first",
  about: "The listening side sends the first FIN, so TIME_WAIT stays with the server.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await server.send(100);
    await server.close();
    await context.see("half", { client: "held CLOSE_WAIT", server: "mini FIN_WAIT2" });
    await client.readToEnd();
    await client.close();
    await context.see("end", { client: "gone", server: "mini TIME_WAIT" });
  },
  expect: [client(gracefulPassive), server(gracefulActive)],
};

const combined: Scenario = {
  name: "fin-ack-in-one",
  about: "The server closes before its delayed ACK leaves: waves 2 and 3 are one segment.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    const closing = server.closeAtEnd();
    await client.close();
    await closing;
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: clientClosesFirst,
};

const many: Scenario = {
  name: "many-on-one-listener",
  about: "23 connections to one listener, each closed by the client, then by the server.",
  ipv: 4,
  async run(context) {
    const listener = await context.listen();
    for (let i = 1; i <= 23; i += 1) {
      const { client, server } = await context.open({ name: `c${i}` }, listener);
      const closing = server.closeAtEnd();
      await client.close();
      await closing;
    }
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" }, "every");
  },
  expect: clientClosesFirst.map((truth) => ({ ...truth, connection: "every" })),
};

export const normal: readonly Scenario[] = [
  plainClose("close-v4", 4),
  plainClose("close-v6", 6),
  plainClose("close-mapped", "mapped"),
  plainClose("close-loopback", 4, true),
  plainClose("close-loopback-v6", 6, true),
  serverFirst,
  combined,
  many,
];
