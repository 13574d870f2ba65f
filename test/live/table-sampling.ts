/** Reads socket tables with ss at random moments, beside scenarios and traffic of its own. */
import { setTimeout as pause } from "node:timers/promises";
import type { LiveSession } from "../../src/session/live-session.ts";
import type { Chance } from "../event/seeded.ts";
import type { Companion } from "./capture.ts";
import { Lingering } from "./lingering.ts";
import { type Sample, SampledNets } from "./sample.ts";

const MOMENTS = 20;
/** About as long as the longest scenario, so that TIME_WAIT ends within it. */
const SECONDS = 65;
/** Of the scenarios' networks so many are read at one moment, besides the own ones. */
const OTHERS = 2;

/** What the sampled tables belong to. */
export class TableSampling implements Companion {
  readonly nets: SampledNets;
  readonly samples: Sample[] = [];
  /** How many moments were sampled. */
  moments = 0;
  readonly #lingering: readonly Lingering[];
  readonly #ran: Promise<unknown>;
  readonly #sampled: Promise<void>;
  readonly #over = new AbortController();

  private constructor(nets: SampledNets, lingering: readonly Lingering[], chance: Chance) {
    this.nets = nets;
    this.#lingering = lingering;
    this.#ran = Promise.all(lingering.map((each) => each.run()));
    this.#sampled = this.#sample(chance);
  }

  /** Begin: the traffic's ends fall into the first quarter of a minute. */
  static async begin(session: LiveSession, chance: Chance): Promise<TableSampling> {
    const nets = new SampledNets(() => session.now());
    const lingering: Lingering[] = [];
    for (const ipv of [4, 6] as const) {
      const options = { ipv, connections: 70, seconds: 12, chance };
      lingering.push(Lingering.on(await nets.create(), options));
    }
    return new TableSampling(nets, lingering, chance);
  }

  async finish(): Promise<void> {
    this.#over.abort();
    await this.#sampled;
    await this.#ran;
    for (const each of this.#lingering) {
      this.nets.forget(each.net);
      await each.dispose();
    }
  }

  async #sample(chance: Chance): Promise<void> {
    const { signal } = this.#over;
    const own = this.#lingering.map(({ net }) => net);
    const began = Date.now();
    const moments = Array.from({ length: MOMENTS }, () => 1000 + chance((SECONDS - 1) * 1000));
    for (const moment of moments.sort((a, b) => a - b)) {
      const ms = Math.max(0, began + moment - Date.now());
      await pause(ms, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.samples.push(...(await this.nets.sample(own, OTHERS, chance)));
      this.moments += 1;
    }
  }
}
