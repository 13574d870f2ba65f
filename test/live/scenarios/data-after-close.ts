/** Data that reaches an end whose application has closed already: answered by RST. */
import { client, type Scenario, server } from "../scenario.ts";
import { resetWhileOpen } from "./truths.ts";

const dataInFinWait2: Scenario = {
  name: "data-after-close-orphan",
  about: "Data reaches an orphan that is a full socket in FIN_WAIT2 (tcp_fin_timeout 65): RST.",
  ipv: 4,
  async run(context) {
    await context.net.client.sysctl({ "net.ipv4.tcp_fin_timeout": 65 });
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "orphan FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.send(10);
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-sent",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
    server({
      role: "passive",
      verdict: "reset-received",
      after: ["CLOSE_WAIT"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: false,
    }),
  ],
};

const dataInFinWait1: Scenario = {
  name: "data-after-close-fin-wait1",
  about: "Data reaches an orphan whose own FIN is lost: FIN_WAIT1 ends with RST.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await context.drop("server", { what: "FIN" });
    await client.close();
    await context.see("sent", { client: "orphan FIN_WAIT1", server: "held ESTABLISHED" });
    await server.send(10);
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-sent",
      after: ["FIN_WAIT1"],
      state: "CLOSE",
      waves: [1],
      lostWave: 1,
      resends: { FIN: 0 },
      orphan: true,
    }),
    server({ ...resetWhileOpen, lostWave: 1 }),
  ],
};

const dataAtMini: Scenario = {
  name: "data-after-close-mini",
  about:
    "Data reaches the FIN_WAIT2 mini-socket of a closed end: RST, and the mini-socket is gone.",
  ipv: 4,
  async run(context) {
    const { client, server } = await context.open();
    await client.close();
    await context.see("half", { client: "mini FIN_WAIT2", server: "held CLOSE_WAIT" });
    await server.send(10);
    await context.see("end", { client: "gone", server: "gone" });
  },
  expect: [
    client({
      role: "active",
      trigger: "close",
      verdict: "reset-sent",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: true,
    }),
    server({
      role: "passive",
      verdict: "reset-received",
      after: ["CLOSE_WAIT"],
      state: "CLOSE",
      waves: [1, 2],
      orphan: false,
    }),
  ],
};

export const dataAfterClose: readonly Scenario[] = [dataInFinWait2, dataInFinWait1, dataAtMini];
