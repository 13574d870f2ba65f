/** Frames caught as they leave an end, to be sent later: a delay, or a forged reset. */
import type { Actor } from "./actor.ts";

/** Bits of the TCP flags byte. */
export const tcpFlags = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

let opened = 0;

/** A tap on an end's device; what it injects passes every trap. */
export class Wire {
  readonly #actor: Actor;
  readonly #name: string;

  private constructor(actor: Actor, name: string) {
    this.#actor = actor;
    this.#name = name;
  }

  /** Begin to catch outgoing TCP frames that have all these flags; catching drops nothing. */
  static async tap(actor: Actor, device: string, flags: number): Promise<Wire> {
    opened += 1;
    const name = `wire-${opened}`;
    await actor.call("capture", { as: name, device, flags });
    return new Wire(actor, name);
  }

  /** The next caught frame, in hexadecimal; waits for it. */
  async next(): Promise<string> {
    return (await this.#actor.call("captured", { wire: this.#name })).frame;
  }

  /** Send a caught frame, with other flags or a sequence number `advance` further if told. */
  async inject(frame: string, change: { flags?: number; advance?: number } = {}): Promise<void> {
    await this.#actor.call("inject", { wire: this.#name, frame, ...change });
  }
}
