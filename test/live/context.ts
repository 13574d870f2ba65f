/** What a running scenario works with: its network, its actors, its connections, its checkpoints. */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Actor } from "./actors/actor.ts";
import type { ConnectOptions, Sock, SockEnd, SockOptions } from "./actors/sock.ts";
import type { Namespace } from "./namespace.ts";
import type { Net, NetEnd } from "./net.ts";
import type { End, Scenario } from "./scenario.ts";
import { describeSeen, matches, type Sight } from "./sight.ts";
import { readSocketTable, type SocketRow } from "./ss.ts";

/** One end of a connection: whose namespace, which address and port. */
export interface Address extends SockEnd {
  readonly netns: number;
}

/** A connection that the scenario made; the same tuple may be registered several times, in order. */
export interface Registered {
  readonly name: string;
  readonly client: Address;
  readonly server: Address;
}

/** One end's row at a checkpoint; null when the socket table had none. */
export interface Seen {
  readonly connection: string;
  readonly end: End;
  readonly row: SocketRow | null;
}

/** A moment at which the socket table was as the scenario says. */
export interface Checkpoint {
  readonly label: string;
  /** ISO 8601; what the checkpoint saw had happened by then, and nothing else has since. */
  readonly at: string;
  readonly seen: readonly Seen[];
}

/** What the ends should look like. */
export type Sights = Readonly<Partial<Record<End, Sight>>>;

/** How to open a connection, where the defaults will not do. */
export interface OpenOptions {
  readonly name?: string;
  /** Options of the connecting socket, set before connect(). */
  readonly client?: SockOptions;
  /** Options of the listener, which accepted sockets inherit. */
  readonly server?: SockOptions;
  readonly backlog?: number;
  /** The local port of the connecting socket. */
  readonly from?: number;
  readonly mptcp?: boolean;
}

/** An open connection with both descriptors in the actors' hands. */
export interface Open {
  readonly listener: Sock;
  readonly client: Sock;
  readonly server: Sock;
}

/** One scenario's world. */
export class Context {
  readonly net: Net;
  readonly scenario: Scenario;
  /** The main listener's port. */
  readonly port = randomInt(10_000, 30_000);
  readonly connections: Registered[] = [];
  readonly checkpoints: Checkpoint[] = [];
  readonly actors: Actor[] = [];
  readonly #ends: Partial<Record<End, Promise<Actor>>> = {};

  constructor(net: Net, scenario: Scenario) {
    this.net = net;
    this.scenario = scenario;
  }

  /** The family of the sockets: 6 for v4-mapped too. */
  get family(): 4 | 6 {
    return this.scenario.ipv === 4 ? 4 : 6;
  }

  /** Start another process at an end. */
  async actor(end: End, comm: string): Promise<Actor> {
    const actor = await Actor.start(this.namespaceOf(end), comm);
    this.actors.push(actor);
    return actor;
  }

  /** The end's main process, `lt-client` or `lt-server`, started when first asked for. */
  main(end: End): Promise<Actor> {
    this.#ends[end] ??= this.actor(end, `lt-${end}`);
    return this.#ends[end];
  }

  /** The address under which the other end reaches this one. */
  addressOf(end: End): string {
    const { v4, v6 } = this.scenario.loopback ? { v4: "127.0.0.1", v6: "::1" } : this.net[end];
    return { 4: v4, 6: v6, mapped: `::ffff:${v4}` }[this.scenario.ipv];
  }

  /** Listen at the server end, on the scenario's port unless told otherwise. */
  async listen(options: OpenOptions & { port?: number; actor?: Actor } = {}): Promise<Sock> {
    const actor = options.actor ?? (await this.main("server"));
    return actor.listen({
      family: this.family,
      host: this.family === 4 ? "0.0.0.0" : "::",
      port: options.port ?? this.port,
      backlog: options.backlog ?? 64,
      mptcp: options.mptcp ?? false,
      options: { reuseAddr: 1, ...options.server },
    });
  }

  /** How to connect from the client end to a listener. */
  route(listener: Sock, options: OpenOptions = {}): ConnectOptions {
    const bind = options.from && { bind: { host: this.addressOf("client"), port: options.from } };
    return {
      family: this.family,
      host: this.addressOf("server"),
      port: listener.local.port,
      mptcp: options.mptcp ?? false,
      options: { ...(options.from ? { reuseAddr: 1 } : {}), ...options.client },
      ...bind,
    };
  }

  /** Connect from the client end and register the connection. */
  async connect(listener: Sock, options: OpenOptions = {}): Promise<Sock> {
    const actor = await this.main("client");
    const sock = await actor.connect(this.route(listener, options));
    this.register(options.name ?? "main", sock.local.port, listener.local.port);
    return sock;
  }

  /** Listen (unless a listener is given), connect and accept. */
  async open(options: OpenOptions = {}, on?: Sock): Promise<Open> {
    const listener = on ?? (await this.listen(options));
    const client = await this.connect(listener, options);
    return { listener, client, server: await listener.accept() };
  }

  /** Name a connection that was made without `connect()`. */
  register(name: string, clientPort: number, serverPort = this.port): void {
    const address = (end: End, port: number) => ({
      netns: this.namespaceOf(end).inode,
      address: this.addressOf(end),
      port,
    });
    this.connections.push({
      name,
      client: address("client", clientPort),
      server: address("server", serverPort),
    });
  }

  /**
   * Wait until the socket table shows the connection's ends so, then make a checkpoint of it.
   *
   * `every` looks at all connections. Rejects with what it saw instead when it does not come to
   * that within the scenario's time.
   */
  async see(label: string, want: Sights, connection = "main"): Promise<readonly Seen[]> {
    const until = Date.now() + ((this.scenario.seconds ?? 20) - 2) * 1000;
    for (let delay = 10; ; delay = Math.min(delay * 1.5, 150)) {
      const seen = await this.look(want, connection);
      if (seen.every(({ end, row }) => matches(row, want[end] ?? "gone"))) {
        await this.mark(label, seen);
        return seen;
      }
      if (Date.now() > until) {
        throw new Error(`${label}: wanted ${JSON.stringify(want)}, saw ${describeSeen(seen)}`);
      }
      await pause(delay);
    }
  }

  /** See that the ends come to look so and then stay so for some seconds; two checkpoints. */
  async stay(label: string, want: Sights, seconds: number, connection = "main"): Promise<void> {
    await this.see(`${label}, begins`, want, connection);
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      const seen = await this.look(want, connection);
      if (!seen.every(({ end, row }) => matches(row, want[end] ?? "gone"))) {
        throw new Error(`${label}: did not stay ${JSON.stringify(want)}: ${describeSeen(seen)}`);
      }
      await pause(Math.min(500, Math.max(1, until - Date.now())));
    }
    await this.see(label, want, connection);
  }

  /** The rows of the wanted ends in the socket table right now. */
  async look(want: Sights, connection: string): Promise<Seen[]> {
    const isMeant = ({ name }: Registered) => connection === "every" || name === connection;
    const meant = this.connections.filter(isMeant);
    if (meant.length === 0) throw new Error(`no connection ${connection}`);
    const seen: Seen[] = [];
    for (const end of Object.keys(want) as End[]) {
      const other = end === "client" ? "server" : "client";
      const table = await readSocketTable(this.namespaceOf(end));
      for (const found of meant) {
        const isRow = ({ local, remote }: SocketRow) =>
          local.port === found[end].port && remote.port === found[other].port;
        seen.push({ connection: found.name, end, row: table.find(isRow) ?? null });
      }
    }
    return seen;
  }

  /** The namespace of an end; a loopback scenario has both ends in the client's. */
  namespaceOf(end: End): Namespace {
    return this.net[this.scenario.loopback ? "client" : end].namespace;
  }

  /** Remember this moment under a name. Until it returns, the clock moves past the moment. */
  async mark(label: string, seen: readonly Seen[] = []): Promise<void> {
    const at = Date.now() + 1;
    while (Date.now() <= at) await pause(1);
    this.checkpoints.push({ label, at: new Date(at).toISOString(), seen });
  }

  /** Lose segments as they arrive at an end. */
  drop(end: End, rule: Parameters<NetEnd["drop"]>[0]): ReturnType<NetEnd["drop"]> {
    return this.net[end].drop(rule);
  }

  /** Kill every actor by its pid and remove the network. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.actors.map((actor) => actor.dispose()));
    await this.net.remove();
  }
}
