/** Namespaces whose socket tables are read again and again, with the time of each reading. */
import { type Chance, shuffled } from "../event/seeded.ts";
import type { Namespace } from "./namespace.ts";
import { Net } from "./net.ts";
import type { NetSource } from "./run-scenarios.ts";
import { readSocketTable, type SocketRow } from "./ss.ts";

/** One namespace's socket table; each row was true at some moment between `fromNs` and `toNs`. */
export interface Sample {
  readonly netns: number;
  /** On the recording's clock: when the namespace was made, and when the reading began and ended. */
  readonly madeNs: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly rows: readonly SocketRow[];
}

/** The networks that are sampled. */
export class SampledNets implements NetSource {
  readonly #now: () => number;
  readonly #made = new Map<Namespace, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Make a network; nothing has been sent in it when it is noted. */
  async create(): Promise<Net> {
    const net = await Net.create();
    const madeNs = this.#now();
    for (const { namespace } of [net.client, net.server]) this.#made.set(namespace, madeNs);
    return net;
  }

  /** Sample it no more; to be called before it is removed. */
  forget(net: Net): void {
    for (const { namespace } of [net.client, net.server]) this.#made.delete(namespace);
  }

  /**
   * Read the tables of these networks and of so many others, two at a time; a namespace that is
   * forgotten meanwhile is left out.
   */
  async sample(always: readonly Net[], others: number, chance: Chance): Promise<Sample[]> {
    const own = new Set(
      always.flatMap(({ client, server }) => [client.namespace, server.namespace]),
    );
    const rest = shuffled(
      [...this.#made.keys()].filter((each) => !own.has(each)),
      chance,
    );
    const queue = [...own, ...rest.slice(0, 2 * others)];
    const samples: Sample[] = [];
    const worker = async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const madeNs = this.#made.get(next);
        const fromNs = this.#now();
        const rows = await readSocketTable(next).catch(() => null);
        const toNs = this.#now();
        if (madeNs === undefined || rows === null || !this.#made.has(next)) continue;
        samples.push({ netns: next.inode, madeNs, fromNs, toNs, rows });
      }
    };
    await Promise.all([worker(), worker()]);
    return samples;
  }
}
