/** Two namespaces joined by a veth pair: the whole network of one live scenario. */
import { Namespace } from "./namespace.ts";
import { Trap, type TrapRule } from "./traps.ts";

/** The device that joins the ends; it bears this name in both namespaces. */
export const device = "veth0";

/** One end of the pair: its namespace, its addresses, and the traps for segments. */
export class NetEnd {
  readonly namespace: Namespace;
  readonly v4: string;
  readonly v6: string;
  readonly mac: string;

  constructor(namespace: Namespace, host: number) {
    this.namespace = namespace;
    this.v4 = `10.77.0.${host}`;
    this.v6 = `fd00:77::${host}`;
    this.mac = `02:77:00:00:00:0${host}`;
  }

  /** The namespace's inode, as recordings name it. */
  inode(): number {
    return this.namespace.inode;
  }

  /** Set sysctls of this end's namespace. */
  sysctl(values: Readonly<Record<string, number | string>>): Promise<void> {
    return this.namespace.sysctl(values);
  }

  /** Give the device its addresses and its one neighbour, and set it up. */
  async bringUp(other: NetEnd): Promise<void> {
    await this.sysctl({ "net.ipv4.tcp_rfc1337": 1 });
    await this.namespace.ip(
      `link set ${device} addrgenmode none`,
      `link set ${device} up`,
      `addr add ${this.v4}/24 dev ${device}`,
      `addr add ${this.v6}/64 dev ${device} nodad`,
      ...[other.v4, other.v6].map(
        (address) => `neigh add ${address} lladdr ${other.mac} nud permanent dev ${device}`,
      ),
    );
  }

  /** Drop chosen segments as they arrive at this end, that is: lose them on the wire. */
  drop(rule: TrapRule): Promise<Trap> {
    return Trap.set(this.namespace, device, rule);
  }
}

/** The pair of ends; every scenario has one of its own, so scenarios can run at once. */
export class Net {
  readonly client: NetEnd;
  readonly server: NetEnd;

  private constructor(client: NetEnd, server: NetEnd) {
    this.client = client;
    this.server = server;
  }

  /**
   * Make both namespaces and the veth pair with IPv4 and IPv6 addresses.
   *
   * Neighbours are permanent and link-local addresses left out, so that no ARP, neighbour
   * discovery or duplicate detection delays a first packet or stands between captured frames.
   *
   * tcp_rfc1337 protects TIME_WAIT from RST. Without it one close in 200 loses its TIME_WAIT on
   * such a pair: wave 3, sent on another CPU, overtakes wave 2, TIME_WAIT answers the late wave 2
   * with an ACK, and the RST of the other end, which is gone by then, kills it.
   */
  static async create(): Promise<Net> {
    const client = new NetEnd(await Namespace.create("c"), 1);
    const server = new NetEnd(await Namespace.create("s"), 2);
    const [from, to] = [client.namespace, server.namespace];
    await from.ip(
      `link add ${device} address ${client.mac} type veth peer name ${device} address ${server.mac} netns ${to.name}`,
    );
    await client.bringUp(server);
    await server.bringUp(client);
    return new Net(client, server);
  }

  /** Remove both namespaces, whatever happened to the first. */
  async remove(): Promise<void> {
    const removed = await Promise.allSettled([
      this.client.namespace.remove(),
      this.server.namespace.remove(),
    ]);
    for (const result of removed) if (result.status === "rejected") throw result.reason;
  }
}
