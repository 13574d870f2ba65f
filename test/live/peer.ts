/** A listener of this process that accepts, reads and never closes, and clients of it. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Who keeps no connection but those that a test opens. */
export class Peer {
  readonly accepted: Socket[] = [];
  #port = 0;
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.accepted.push(socket));

  static async start(): Promise<Peer> {
    const peer = new Peer();
    peer.#server.listen(0, "127.0.0.1");
    await once(peer.#server, "listening");
    const address = peer.#server.address();
    if (typeof address === "object") peer.#port = address?.port ?? 0;
    return peer;
  }

  /** Where it listens, or has. */
  get port(): number {
    return this.#port;
  }

  async open(): Promise<Socket> {
    const client = connect(this.port, "127.0.0.1");
    await once(client, "connect");
    return client;
  }

  /** Connect and close, as clients that are done. */
  async visit(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      const client = await this.open();
      client.end();
      client.destroy();
      await once(client, "close");
    }
  }

  /** End what it has accepted, and the listener. */
  close(): void {
    for (const socket of this.accepted) socket.destroy();
    this.#server.close();
  }
}
