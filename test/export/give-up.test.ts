/** When the kernel gives up on a FIN, against ends that were measured on 6.18. */
import { describe, expect, test } from "vitest";
import { giveUpOf } from "../../src/export/give-up.ts";
import { endpointOf } from "./synthetic-endpoint.ts";

const SECOND = 1e9;
const sysctls = { "net.ipv4.tcp_orphan_retries": "0", "net.ipv4.tcp_retries2": "5" };

/** FIN at 1 s, sent again once; synthetic. */
function resending(orphan: boolean) {
  const fin = { n: 1, segment: "FIN", by: "local", evidence: "observed", retransmits: 1 } as const;
  const resend = { kind: "FIN", cause: "RTO", attempt: 1, rtoMs: 208, orphan } as const;
  return endpointOf("e1", {
    state: "FIN_WAIT1",
    orphan,
    endedAt: null,
    waves: [{ ...fin, at: SECOND }],
    resends: [{ ...resend, at: 1.4 * SECOND }],
  });
}

describe("giveUpOf", () => {
  test("goes by tcp_orphan_retries for an orphan: 106.4 s measured for 0", () => {
    const giveUp = giveUpOf(resending(true), sysctls);
    expect(giveUp).toMatchObject({ sysctl: "tcp_orphan_retries", value: 0, rtoMs: 208 });
    expect(((giveUp?.at ?? 0) - SECOND) / SECOND).toBeGreaterThan(103);
    expect(((giveUp?.at ?? 0) - SECOND) / SECOND).toBeLessThan(110);
  });

  test("goes by tcp_retries2 for a held socket: 13.4 s measured for 5", () => {
    const giveUp = giveUpOf(resending(false), sysctls);
    expect(giveUp).toMatchObject({ sysctl: "tcp_retries2", value: 5 });
    expect(((giveUp?.at ?? 0) - SECOND) / SECOND).toBeGreaterThan(13);
    expect(((giveUp?.at ?? 0) - SECOND) / SECOND).toBeLessThan(14);
  });

  test("says nothing without the sysctl, without a re-send, or of what has ended", () => {
    expect(giveUpOf(resending(true), {})).toBeNull();
    expect(giveUpOf({ ...resending(true), resends: [] }, sysctls)).toBeNull();
    expect(giveUpOf({ ...resending(true), endedAt: 2 * SECOND }, sysctls)).toBeNull();
  });
});
