/** A scripted process at one end: typed commands to `actor.py`, one promise an answer. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Namespace } from "../namespace.ts";
import { type ConnectOptions, type ListenOptions, Sock, type SockEnd } from "./sock.ts";

const program = fileURLToPath(new URL("actor.py", import.meta.url));
const running = new Set<ChildProcess>();

/** What a command answers when it succeeds; each command fills in its own fields. */
export interface Reply {
  readonly bytes: number;
  readonly eof: boolean;
  readonly fd: number;
  readonly frame: string;
  readonly local: SockEnd;
  readonly ms: number;
  readonly pid: number;
  readonly remote: SockEnd;
}

/** A system call of the actor failed; `code` is the errno's name, for instance `ECONNRESET`. */
export class ActorError extends Error {
  readonly code: string;

  constructor(op: string, code: string, text: string) {
    super(`${op}: ${code} ${text}`);
    this.code = code;
  }
}

interface Pending {
  readonly op: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** One actor process inside a namespace. */
export class Actor {
  readonly comm: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #children = new Set<number>();
  #lastId = 0;

  private constructor(child: ChildProcess, comm: string) {
    this.#child = child;
    this.comm = comm;
  }

  /** Start an actor that bears the given process name; resolves when it takes commands. */
  static async start(namespace: Namespace, comm: string): Promise<Actor> {
    const argv = ["/usr/bin/python3", "-I", "-S", program, comm];
    const child = spawn(...namespace.command(argv), {
      stdio: ["pipe", "pipe", "inherit", "pipe"],
    });
    running.add(child);
    child.on("exit", () => running.delete(child));
    const actor = new Actor(child, comm);
    await actor.#listen();
    return actor;
  }

  /** The process id, as /proc and recordings show it. */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.comm} did not start`);
    return pid;
  }

  /** Whether the process still runs. */
  get isRunning(): boolean {
    return running.has(this.#child);
  }

  /** Open a listening socket. */
  async listen(options: ListenOptions): Promise<Sock> {
    const sock = new Sock(this, "listener");
    const { local } = await this.call("listen", { as: sock.name, ...options });
    sock.local = local;
    return sock;
  }

  /** Connect; with `wait: false` it resolves while the socket is still in SYN_SENT. */
  async connect(options: ConnectOptions): Promise<Sock> {
    const sock = new Sock(this, "client");
    const { local, fd } = await this.call("connect", { as: sock.name, ...options });
    Object.assign(sock, { local, fd, remote: { address: options.host, port: options.port } });
    return sock;
  }

  /** Fork a child that holds every descriptor of this actor; killed at the end by its pid. */
  async fork(comm = "lt-child"): Promise<number> {
    const { pid } = await this.call("fork", { comm });
    this.#children.add(pid);
    return pid;
  }

  /** Make a forked child close its descriptors while it lives on. */
  closeIn(pid: number): void {
    process.kill(pid, "SIGUSR1");
  }

  /** Kill a forked child and wait for its end. */
  async killChild(pid: number): Promise<void> {
    this.#children.delete(pid);
    process.kill(pid, "SIGKILL");
    await this.call("reap", { pid });
  }

  /** Take the descriptor that another actor gives by SCM_RIGHTS. */
  async take(): Promise<Sock> {
    const sock = new Sock(this, "taken");
    sock.fd = (await this.call("take", { as: sock.name })).fd;
    return sock;
  }

  /** Lower the limit of open descriptors. */
  async limitFiles(files: number): Promise<void> {
    await this.call("rlimit", { files });
  }

  /** Leave by `_exit()` with every descriptor still open. */
  async exit(code = 0): Promise<void> {
    this.call("exit", { code }).catch(() => undefined);
    await this.ended();
  }

  /** Kill the process by its pid (SIGKILL unless told otherwise) and wait for its end. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#child.kill(signal);
    await this.ended();
  }

  /** Wait for the process to be gone. */
  async ended(): Promise<void> {
    if (this.isRunning) await once(this.#child, "exit");
  }

  /** Which commands it has not answered, for the report of a failure. */
  describe(): string {
    const waiting = [...this.#pending.values()].map(({ op }) => op).join(", ");
    return `${this.comm} (${this.isRunning ? "running" : "ended"}): ${waiting || "idle"}`;
  }

  /** Kill the actor and the children it forked; for the end of a scenario. */
  async dispose(): Promise<void> {
    for (const pid of this.#children) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    this.#children.clear();
    // Nobody waits for the answers any more: the scenario is over, or was given up.
    this.#pending.clear();
    await this.kill();
  }

  /** Send one command; rejects with an `ActorError`, also when the process ends before it answers. */
  call(op: string, args: object): Promise<Reply> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.isRunning) {
        reject(new ActorError(op, "GONE", `${this.comm} has ended`));
        return;
      }
      this.#pending.set(id, { op, resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, op, ...args })}\n`);
    });
  }

  #listen(): Promise<void> {
    const { stdout, stdin } = this.#child;
    if (!stdout || !stdin) throw new Error("actor without pipes");
    stdin.on("error", () => undefined);
    return new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("exit", () => {
        reject(new Error(`${this.comm} ended before it was ready`));
        for (const { op, reject: fail } of this.#pending.values()) {
          fail(new ActorError(op, "GONE", `${this.comm} ended`));
        }
        this.#pending.clear();
      });
      createInterface({ input: stdout }).on("line", (line) => {
        const message = JSON.parse(line);
        if (message.ready !== undefined) resolve();
        else this.#settle(message);
      });
    });
  }

  #settle(message: { id: number; ok?: Reply; error?: string; text?: string }): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) pending?.resolve(message.ok);
    else pending?.reject(new ActorError(pending.op, message.error ?? "BUG", message.text ?? ""));
  }
}

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
