/** `--redact` while reading: made-up names for everything, and filters that still find what they name. */

import type { RecordingHeader } from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { FilterOptions } from "./shared-options.ts";

/**
 * Redacts the events that pass, and notes which addresses were in the networks that are asked for.
 *
 * Filters are given in the names of before, and looked up in a trace that knows the new ones only.
 */
export class Redacting {
  readonly #redactor: Redactor;
  readonly #filter: FilterOptions;
  readonly #wanted = new Set<string>();

  constructor(redactor: Redactor, filter: FilterOptions) {
    this.#redactor = redactor;
    this.#filter = filter;
  }

  header(header: RecordingHeader): RecordingHeader {
    return this.#redactor.header(header);
  }

  event<E extends TraceEvent>(event: E): E {
    if (this.#filter.cidr !== undefined) {
      if ("local" in event) this.#note(event.local);
      if ("remote" in event) this.#note(event.remote);
    }
    return this.#redactor.event(event);
  }

  /** What a process is called in a row, which no event tells of. */
  comm(name: string): string {
    return this.#redactor.comm(name);
  }

  /** What an address is in a row. */
  address(text: string): string {
    if (this.#filter.cidr !== undefined) this.#note(text);
    return this.#redactor.address(text);
  }

  /** The filter in the new names; complete once every event has passed. */
  get filter(): FilterOptions {
    const { comm, cidr } = this.#filter;
    const has = (address: string) => this.#wanted.has(address);
    return {
      ...this.#filter,
      ...(comm !== undefined && { comm: this.#redactor.comm(comm) }),
      ...(cidr !== undefined && { cidr: [{ text: "redacted", has }] }),
    };
  }

  #note(address: unknown): void {
    if (typeof address !== "string") return;
    if (this.#filter.cidr?.some((net) => net.has(address))) {
      this.#wanted.add(this.#redactor.address(address));
    }
  }
}
