/** What a running scenario works with: its network, its actors, its connections, its checkpoints. */
import { setTimeout as pause } from "node:timers/promises";
import { Actor } from "./actors/actor.ts";
import { Program } from "./actors/program.ts";
import type { ConnectOptions, Sock, SockOptions } from "./actors/sock.ts";
import type { Checkpoint, Registered, Seen, Sights } from "./checkpoint.ts";
import { glanceAt, type SocketGlance, waitFor } from "./glance.ts";
import type { Namespace } from "./namespace.ts";
import type { Net, NetEnd } from "./net.ts";
import { type End, patienceOf, type Scenario } from "./scenario.ts";
import { describeSeen, matches } from "./sight.ts";
import { unusedPort } from "./unused-port.ts";

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
  /** The main listener's port; this and the next number belong to no other scenario. */
  readonly port = unusedPort();
  readonly connections: Registered[] = [];
  readonly checkpoints: Checkpoint[] = [];
  readonly #processes: (Actor | Program)[] = [];
  /** A second before the runner gives up, so that what was awaited is told. */
  readonly #deadline: number;
  readonly #ends: Partial<Record<End, Promise<Actor>>> = {};

  constructor(net: Net, scenario: Scenario) {
    this.net = net;
    this.scenario = scenario;
    this.#deadline = Date.now() + (patienceOf(scenario) - 1) * 1000;
  }

  /** The family of the sockets: 6 for v4-mapped too. */
  get family(): 4 | 6 {
    return this.scenario.ipv === 4 ? 4 : 6;
  }

  /** Start another process at an end. */
  async actor(end: End, comm: string): Promise<Actor> {
    const actor = await Actor.start(this.namespaceOf(end), comm);
    this.#processes.push(actor);
    return actor;
  }

  /** Start a foreign program at an end. */
  async program(end: End, argv: Parameters<typeof Program.start>[1]): Promise<Program> {
    const program = await Program.start(this.namespaceOf(end), argv);
    this.#processes.push(program);
    return program;
  }

  /** Wait until something listens at the server end on the scenario's port. */
  async listening(): Promise<void> {
    await waitFor(
      this.namespaceOf("server"),
      (rows) => rows.some(({ state, local }) => state === "LISTEN" && local.port === this.port),
      { what: "listener" },
    );
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

  /** Wait for the one open connection to the scenario's port and name it. */
  async adopt(name: string): Promise<void> {
    const isMeant = ({ state, remote }: SocketGlance) =>
      state === "ESTABLISHED" && remote.port === this.port;
    const rows = await waitFor(this.namespaceOf("client"), (all) => all.some(isMeant));
    this.register(name, rows.find(isMeant)?.local.port ?? 0);
  }

  /**
   * Wait until the socket table shows the connection's ends so, then make a checkpoint of it.
   *
   * `every` looks at all connections. Rejects with what it saw instead when it does not come to
   * that within the scenario's time.
   */
  async see(label: string, want: Sights, connection = "main"): Promise<readonly Seen[]> {
    for (let delay = 5; ; delay = Math.min(delay * 1.5, 100)) {
      const seen = await this.look(want, connection);
      if (showsAll(seen, want)) {
        await this.mark(label, seen);
        return seen;
      }
      if (Date.now() > this.#deadline) {
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
      if (!showsAll(seen, want)) {
        throw new Error(`${label}: did not stay ${JSON.stringify(want)}: ${describeSeen(seen)}`);
      }
      await pause(Math.min(200, Math.max(1, until - Date.now())));
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
      const table = await glanceAt(this.namespaceOf(end));
      for (const found of meant) {
        const isRow = ({ local, remote }: SocketGlance) =>
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

  /** Both socket tables and what the actors have not answered, for the report of a failure. */
  async describe(): Promise<string> {
    const tables = [this.net.client, this.net.server].map(({ namespace }) =>
      namespace.exec("ss", "-tanOHe"),
    );
    const waiting = this.#processes.map((one) => one.describe());
    return [...(await Promise.all(tables)), ...waiting].join("\n");
  }

  /** Kill every process by its pid and remove the network. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#processes.map((one) => one.dispose()));
    await this.net.remove();
  }
}

function showsAll(seen: readonly Seen[], want: Sights): boolean {
  return seen.every(({ end, row }) => matches(row, want[end] ?? "gone"));
}
