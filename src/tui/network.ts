// Names a network of addresses, as `--cidr` and the filter take it.
import { BlockList, isIP } from "node:net";
import { unmappedAddress } from "../event/tuple.ts";

/** A network, as text and as its matcher. */
export interface Network {
  readonly text: string;
  has(address: string): boolean;
}

/** Read a network such as `10.0.0.0/8` or `fd00::/8`; an address is one by itself. Null where it is none. */
export function parseNetwork(text: string): Network | null {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? longest : Number(prefix);
  const isValid = family !== 0 && rest.length === 0 && /^\d*$/.test(prefix ?? "");
  if (!isValid || prefix === "" || bits > longest) return null;
  const list = new BlockList();
  list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  return {
    text,
    has(other) {
      const plain = unmappedAddress(other);
      return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
    },
  };
}

/** The address of `10.0.0.5:80` or `[fd00::5]:80`, or the text itself. */
export function addressOf(endpoint: string): string {
  const bracketed = /^\[(.*)\](?::\d+)?$/.exec(endpoint)?.[1];
  if (bracketed !== undefined) return bracketed;
  return /^([^:]*):\d+$/.exec(endpoint)?.[1] ?? endpoint;
}
