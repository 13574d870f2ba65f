/** Traffic whose sockets outlast it: TIME_WAIT to its real end, and every state that can last. */
import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "../event/seeded.ts";
import { Context, type Open } from "./context.ts";
import type { Net } from "./net.ts";
import type { Scenario } from "./scenario.ts";

/** How the traffic is laid out in time. */
export interface LingerOptions {
  readonly ipv: Scenario["ipv"];
  readonly connections: number;
  /** The connections begin, at random, within so many seconds; their ends may come as much later. */
  readonly seconds: number;
  readonly chance: Chance;
}

/** What becomes of one connection; `later` resolves after a part of the time, at random. */
type Ending = (open: Open, later: () => Promise<void>) => Promise<unknown>;

const clientFirst: Ending = async ({ client, server }) => {
  const closing = server.closeAtEnd();
  await client.close();
  await closing;
};

const serverFirst: Ending = async ({ client, server }) => {
  const closing = client.closeAtEnd();
  await server.close();
  await closing;
};

const answeredLate: Ending = async ({ client, server }, later) => {
  await client.close();
  await later();
  await server.close();
};

const neverAnswered: Ending = ({ client }) => client.close();

const shutAndAnsweredLate: Ending = async ({ client, server }, later) => {
  await client.shutdown("wr");
  await later();
  await server.close();
};

const shutThenClosed: Ending = async ({ client }, later) => {
  await client.shutdown("wr");
  await later();
  await client.close();
};

const shutAtBothEnds: Ending = async ({ client, server }, later) => {
  await server.shutdown("wr");
  await later();
  await client.shutdown("wr");
};

const resetLate: Ending = async ({ client, server }, later) => {
  await client.set({ linger: 0 });
  await server.shutdown("wr");
  await later();
  await client.close();
};

const leftOpen: Ending = async () => undefined;

/** TIME_WAIT lasts longest and is what no event tells of, so most connections come to it. */
const endings: readonly Ending[] = [
  clientFirst,
  clientFirst,
  clientFirst,
  serverFirst,
  serverFirst,
  answeredLate,
  answeredLate,
  neverAnswered,
  shutAndAnsweredLate,
  shutThenClosed,
  shutAtBothEnds,
  resetLate,
  leftOpen,
];

/** Against a listener whose FINs are lost: LAST_ACK, or FIN_WAIT1 with the other end still open. */
const hearsNoFin: readonly Ending[] = [
  answeredLate,
  async ({ server }) => server.close(),
  async ({ server }) => server.shutdown("wr"),
];

/** The traffic; its network stands until `dispose()`. */
export class Lingering {
  readonly #context: Context;
  readonly #options: LingerOptions;

  private constructor(context: Context, options: LingerOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Lay the traffic out on a network. */
  static on(net: Net, options: LingerOptions): Lingering {
    const { ipv } = options;
    const scenario = { name: `lingering-${ipv}`, about: "", ipv, run: async () => {}, expect: [] };
    return new Lingering(new Context(net, scenario), options);
  }

  get net(): Net {
    return this.#context.net;
  }

  /** Make all connections and bring each to its end; what they leave in the tables stays. */
  async run(): Promise<void> {
    const { connections, seconds, chance } = this.#options;
    const context = this.#context;
    const listener = await context.listen();
    const unheard = await context.listen({ port: context.port + 1 });
    await context.drop("client", { what: "FIN", fromPort: unheard.local.port });
    const later = () => pause(chance(seconds * 1000));
    const one = async (i: number) => {
      await later();
      const isUnheard = i % 10 === 9;
      const list = isUnheard ? hearsNoFin : endings;
      const ending = list[chance(list.length)] ?? leftOpen;
      const open = await this.#open(isUnheard ? unheard : listener);
      await ending(open, later);
    };
    await Promise.all(Array.from({ length: connections }, (_, i) => one(i)));
  }

  /** accept() takes the connections in the order of connect(): one after the other. */
  #open(listener: Open["listener"]): Promise<Open> {
    const opening = this.#last.then(() => this.#context.open({}, listener));
    this.#last = opening.catch(() => undefined);
    return opening;
  }

  #last: Promise<unknown> = Promise.resolve();

  /** Kill the processes and remove the network. */
  dispose(): Promise<void> {
    return this.#context.dispose();
  }
}
