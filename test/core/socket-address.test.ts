/** A socket's address is kept in two numbers and told again as it was. */
import { expect, test } from "vitest";
import { EndpointRecord } from "../../src/core/endpoint-record.ts";
import { SocketIndex } from "../../src/core/socket-index.ts";

const TUPLE = { netns: 1, local: "10.0.0.1", localPort: 1, remote: "10.0.0.2", remotePort: 2 };

function record(sk: string | null): EndpointRecord {
  return new EndpointRecord(1, TUPLE, sk, "ESTABLISHED", 0);
}

/** Those of a kernel, and texts that look like one and are not what the numbers would tell. */
const ADDRESSES = [
  "ffff888100000980",
  "ffffffffffffffff",
  "ffff000000000000",
  "ffff00000000000a",
  "ffffFFFF00000980",
  "ffff8881000009g0",
  "ffff:88100000980",
  "0000888100000980",
  "ffff88810000098",
  "ffff8881000009800",
  "ffff888100000980 ",
  "0xffff888100000980",
  "980",
  "",
];

test.each(ADDRESSES)("%j", (sk) => {
  const endpoint = record(sk);
  expect(endpoint).toMatchObject({ sk, hasSocket: true });
  expect(endpoint.copy().sk).toBe(sk);
  const index = new SocketIndex();
  index.add(endpoint);
  for (const asked of ADDRESSES) expect(index.get(asked)).toBe(asked === sk ? endpoint : undefined);
  index.remove(endpoint);
  expect(index.get(sk)).toBeUndefined();
  endpoint.sk = null;
  expect(endpoint).toMatchObject({ sk: null, hasSocket: false });
  index.remove(endpoint);
});
