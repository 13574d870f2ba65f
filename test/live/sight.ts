/** What a row of the socket table should look like, in the short form that scenarios write. */
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { SocketGlance } from "./glance.ts";

/**
 * A state, and who stands behind it.
 *
 * `held`: a process has a descriptor; `orphan`: a full socket without one (or one that waits to be
 * accepted); `mini`: only a mini-socket is left; `gone`: there is no row.
 */
export type Standing = "gone" | TcpState | `${"held" | "mini" | "orphan"} ${TcpState}`;

/** A standing, or a standing together with queues and timer. */
export type Sight =
  | Standing
  | {
      readonly as: Standing;
      readonly recvQ?: number;
      readonly sendQ?: number;
      readonly timer?: string | null;
    };

/** Tell whether a row, or its absence, is what was to be seen. */
export function matches(row: SocketGlance | null, sight: Sight): boolean {
  const want = typeof sight === "string" ? { as: sight } : sight;
  if (want.as === "gone" || row === null) return want.as === "gone" && row === null;
  const [standing, state] = want.as.includes(" ") ? want.as.split(" ") : [null, want.as];
  return (
    row.state === state &&
    (standing === null || standing === standingOf(row)) &&
    (want.recvQ === undefined || want.recvQ === row.recvQ) &&
    (want.sendQ === undefined || want.sendQ === row.sendQ) &&
    (want.timer === undefined || want.timer === row.timer)
  );
}

/** Who stands behind a row. */
export function standingOf(row: SocketGlance): "held" | "mini" | "orphan" {
  if (row.isMini) return "mini";
  return row.inode === 0 ? "orphan" : "held";
}

/** What a look at the socket table showed, in words, for an error. */
export function describeSeen(
  seen: readonly { readonly end: string; readonly row: SocketGlance | null }[],
): string {
  return seen
    .map(({ end, row }) => {
      if (!row) return `${end} gone`;
      const { state, recvQ, sendQ, timer } = row;
      return `${end} ${standingOf(row)} ${state} q${recvQ}/${sendQ} ${timer ?? "no timer"}`;
    })
    .join(", ");
}
