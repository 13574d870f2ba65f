/** Finds a moment at which bpftrace cannot be waiting for room in its pipe. */

/**
 * A signal that meets bpftrace while it waits for that room ends its `write` with EINTR, and from
 * then on it is mute (libstdc++ sets badbit on `std::cout`): it runs to a good end and never prints
 * its maps. Right after the pipe was read there is room for hundreds of lines.
 */
export class PipeLull {
  #then: () => void = () => {};

  /** The pipe has just been read. */
  note(): void {
    const then = this.#then;
    this.#then = () => {};
    then();
  }

  /** Call back from within the next `note`, or when a turn of the event loop found nothing to read. */
  next(then: () => void): void {
    this.#then = then;
    // Of the turn that is under way the pipe's part may be over.
    setImmediate(() => setImmediate(() => this.note()));
  }
}
