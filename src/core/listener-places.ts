/** Which events tell of listening sockets, where those listen, and who has held them. */

import type { TraceEvent, TransitionEvent } from "../event/trace-event.ts";

/** Where connections come in: what a listener and the endpoints behind it share. */
export function placeOf(netns: number, port: number): string {
  return `${netns} ${port}`;
}

/** All places that were ever listened at, with every process that held a socket there. */
export class ListenerPlaces {
  readonly #byInode = new Map<number, string>();
  readonly #pids = new Map<string, Set<number>>();

  /** Take an event; returns the place of the listener that it tells of, or null. */
  take(event: TraceEvent): string | null {
    switch (event.type) {
      case "owner": {
        const place = this.#byInode.get(event.inode);
        if (place !== undefined) this.#hold(place, event.pid);
        return place ?? null;
      }
      case "snapshot":
        return event.state === "LISTEN" ? this.#listen(event) : null;
      case "transition": {
        if (!isListening(event)) return null;
        const place = this.#listen(event);
        if (event.inProcess === true) this.#hold(place, event.pid);
        return place;
      }
      default:
        return null;
    }
  }

  /** Every process that held a listener of this place. */
  pidsAt(place: string): Iterable<number> {
    return this.#pids.get(place) ?? [];
  }

  #listen(event: TraceEvent & { type: "snapshot" | "transition" }): string {
    const place = placeOf(event.netns, event.localPort);
    if (event.inode) this.#byInode.set(event.inode, place);
    return place;
  }

  #hold(place: string, pid: number): void {
    const pids = this.#pids.get(place);
    if (pids === undefined) this.#pids.set(place, new Set([pid]));
    else pids.add(pid);
  }
}

function isListening({ from, to }: TransitionEvent): boolean {
  return to === "LISTEN" || (from === "LISTEN" && to === "CLOSE");
}
