/** Checks what the kernel only counted, as a file brings it. */

import {
  EXACT,
  type Fault,
  type Fields,
  integerFault,
  isFields,
  listFault,
  mapFault,
  U16,
  wordFault,
} from "./field-faults.ts";
import { instantFault } from "./shared-faults.ts";
import { isTcpState } from "./tcp-state.ts";

const SIDES = new Set<unknown>(["in", "out"]);
const ROLES = new Set<unknown>(["active", "passive", "simultaneous"]);
const VERDICTS = new Set<unknown>(["graceful"]);
/** Many more than one that is not forged has seen in a second. */
const MOST = 2 ** 32;

function stayFault(stay: unknown, name: string): Fault {
  if (!Array.isArray(stay) || stay.length !== 2) return `${name} is no stay`;
  return integerFault(stay[0], name, 0, EXACT) ?? integerFault(stay[1], name, 0, MOST);
}

function staysFault(stays: unknown, name: string): Fault {
  return listFault(stays, name, stayFault);
}

function groupFault(group: unknown, name: string): Fault {
  if (!isFields(group)) return `${name} is no group`;
  const { stays } = group;
  return (
    integerFault(group.netns, `${name}.netns`, 0, EXACT) ??
    wordFault(group.side, `${name}.side`, SIDES) ??
    integerFault(group.port, `${name}.port`, 0, U16) ??
    wordFault(group.role, `${name}.role`, ROLES) ??
    wordFault(group.verdict, `${name}.verdict`, VERDICTS) ??
    integerFault(group.count, `${name}.count`, 0, MOST) ??
    mapFault(stays, `${name}.stays`, staysFault) ??
    (Object.keys(stays as Fields).every(isTcpState) ? null : `${name}.stays names no TCP state`)
  );
}

/** Check an event of what was counted. */
export function countsFault(event: Fields): Fault {
  return instantFault(event) ?? listFault(event.groups, "groups", groupFault);
}
