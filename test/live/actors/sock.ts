/** A socket inside an actor: each method is one system call there. */
import type { Actor, Reply } from "./actor.ts";

/** An address and a port. */
export interface SockEnd {
  readonly address: string;
  readonly port: number;
}

/** Socket options by the actor's names; times in the units of tcp(7). */
export interface SockOptions {
  /** SO_LINGER on, with this many seconds. */
  readonly linger?: number;
  /** Idle time, interval (seconds) and number of keepalive probes. */
  readonly keepalive?: readonly [number, number, number];
  /** TCP_USER_TIMEOUT in milliseconds. */
  readonly userTimeout?: number;
  /** TCP_LINGER2 in seconds; negative sends RST instead of waiting in FIN_WAIT2. */
  readonly linger2?: number;
  /** TCP_SYNCNT. */
  readonly synCount?: number;
  readonly quickAck?: 0 | 1;
  readonly rcvbuf?: number;
  readonly sndbuf?: number;
  readonly reuseAddr?: 0 | 1;
  readonly reusePort?: 0 | 1;
}

/** How to listen: family 6 also takes IPv4 clients, whose addresses it shows as v4-mapped. */
export interface ListenOptions {
  readonly family: 4 | 6;
  readonly host: string;
  readonly port: number;
  readonly backlog?: number;
  readonly mptcp?: boolean;
  readonly options?: SockOptions;
}

/** How to connect. */
export interface ConnectOptions {
  readonly family: 4 | 6;
  readonly host: string;
  readonly port: number;
  readonly bind?: { readonly host: string; readonly port: number };
  /** Do not wait for the handshake. */
  readonly wait?: boolean;
  /** Keep the descriptor open when the connect fails. */
  readonly keep?: boolean;
  readonly mptcp?: boolean;
  readonly options?: SockOptions;
}

const nowhere: SockEnd = { address: "", port: 0 };
let opened = 0;

/** A socket of one actor. */
export class Sock {
  readonly actor: Actor;
  readonly name: string;
  fd = -1;
  local = nowhere;
  remote = nowhere;

  constructor(actor: Actor, kind: string) {
    opened += 1;
    this.actor = actor;
    this.name = `${kind}-${opened}`;
  }

  /** Take the next connection from a listener. */
  async accept(): Promise<Sock> {
    const sock = new Sock(this.actor, "accepted");
    const { local, remote, fd } = await this.#call("accept", { as: sock.name });
    return Object.assign(sock, { local, remote, fd });
  }

  /** Send so many bytes; blocks while the send buffer is full. */
  send(bytes: number): Promise<Reply> {
    return this.#call("send", { bytes });
  }

  /** Send a text, for servers that want their protocol spoken. */
  async say(text: string): Promise<void> {
    await this.#call("say", { text });
  }

  /** Send until window and send buffer are full; answers with the number of bytes. */
  async fill(): Promise<number> {
    return (await this.#call("fill", {})).bytes;
  }

  /** Read so many bytes, or fewer when the stream ends before (`eof`). */
  recv(bytes: number): Promise<Reply> {
    return this.#call("recv", { bytes });
  }

  /** Read until the stream ends; answers with the number of bytes. */
  async readToEnd(): Promise<number> {
    return (await this.#call("eof", {})).bytes;
  }

  /** Read until the stream ends and close at once, before a delayed ACK can leave. */
  async closeAtEnd(): Promise<void> {
    await this.#call("eof", { andClose: true });
  }

  /** shutdown(); `wr` sends FIN and keeps the descriptor. */
  async shutdown(how: "rd" | "rdwr" | "wr"): Promise<void> {
    await this.#call("shutdown", { how });
  }

  /** Set socket options. */
  async set(options: SockOptions): Promise<void> {
    await this.#call("set", { options });
  }

  /** Close this descriptor; answers with the milliseconds that close() took. */
  async close(): Promise<number> {
    return (await this.#call("close", {})).ms;
  }

  /** Duplicate the descriptor within the process. */
  async dup(): Promise<Sock> {
    const sock = new Sock(this.actor, "dup");
    await this.#call("dup", { as: sock.name });
    return Object.assign(sock, { local: this.local, remote: this.remote });
  }

  /** Give the descriptor to another actor by SCM_RIGHTS; this one keeps its own. */
  async give(to: Actor): Promise<Sock> {
    const taken = to.take();
    await this.#call("give", { pid: to.pid });
    return Object.assign(await taken, { local: this.local, remote: this.remote });
  }

  #call(op: string, args: object): Promise<Reply> {
    return this.actor.call(op, { sock: this.name, ...args });
  }
}
