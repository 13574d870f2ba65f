/** MPTCP and SCTP sockets fire the same tracepoint, with protocol 262 and 132: TCP is 6. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PROBES = new URL("../../probes/", import.meta.url);
const TRACEPOINTS = ["sock:inet_sock_set_state", "sock:sock_recv_length"];

/** Each probe on a tracepoint that other protocols fire too: its file, predicate and body. */
function sharedProbes(): { readonly file: string; readonly head: string; readonly body: string }[] {
  return readdirSync(PROBES).flatMap((file) => {
    const text = readFileSync(new URL(file, PROBES), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    return TRACEPOINTS.flatMap((name) =>
      text
        .split(`tracepoint:${name}`)
        .slice(1)
        .map((rest) => {
          const at = rest.indexOf("{");
          const body = rest.slice(at, rest.indexOf("\n}", at));
          return { file, head: rest.slice(0, at), body };
        }),
    );
  });
}

test("no probe hands over a record of another protocol", () => {
  const probes = sharedProbes();
  expect(probes.length).toBeGreaterThanOrEqual(TRACEPOINTS.length);
  const telling = probes.filter(({ body }) => /printf|@held|@ended/.test(body));
  expect(telling.map(({ file }) => file)).toContain("tcp_set_state.bt");
  for (const { file, head } of telling) expect(head, file).toContain("args->protocol == 6");
});
