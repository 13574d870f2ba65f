/** Filters and sort orders of the endpoint table: what can be chosen, and the CSS that obeys. */

import type { Endpoint } from "../core/endpoint.ts";
import { TCP_STATES } from "../event/tcp-state.ts";
import { VERDICTS } from "./html-charts.ts";
import { holderName, localName, ownerName, remoteName } from "./names.ts";

/** A group of choices of which one holds. */
export interface Control {
  readonly name: "v" | "s" | "o";
  readonly title: string;
  readonly options: readonly {
    readonly value: string;
    readonly label: string;
    readonly count: number;
  }[];
}

/** So many owners get a choice of their own, the others one together. */
const MOST_OWNERS = 8;

/** The columns, and what each sorts by. */
export const SORT_KEYS = [
  { id: "seen", title: "id" },
  { id: "ends", title: "local, remote" },
  { id: "owner", title: "holder" },
  { id: "verdict", title: "verdict" },
  { id: "role", title: "closed" },
  { id: "age", title: "state" },
  { id: "life", title: "life" },
  { id: "resends", title: "re-sent" },
] as const;

/** The filter groups over some endpoints, and which owner choice an endpoint falls under. */
export function filterControls(endpoints: readonly Endpoint[]): {
  controls: Control[];
  ownerOf: (endpoint: Endpoint) => string;
} {
  const owners = [...countBy(endpoints, ownerName)].sort((a, b) => b[1] - a[1]);
  const shown = owners.slice(0, MOST_OWNERS).map(([name]) => name);
  const ownerOf = (endpoint: Endpoint) => {
    const at = shown.indexOf(ownerName(endpoint));
    return at === -1 ? "rest" : String(at);
  };
  const all = { value: "all", label: "all", count: endpoints.length };
  const verdicts = countBy(endpoints, ({ verdict }) => verdict ?? "unfinished");
  const states = countBy(endpoints, ({ state }) => state);
  const others = owners.slice(MOST_OWNERS).reduce((sum, [, count]) => sum + count, 0);
  const controls: Control[] = [
    {
      name: "v",
      title: "verdict",
      options: [all, ...VERDICTS.flatMap((verdict) => option(verdict, verdicts))],
    },
    {
      name: "s",
      title: "state at the end",
      options: [
        all,
        ...TCP_STATES.flatMap((state) => (state === null ? [] : option(state, states))),
      ],
    },
    {
      name: "o",
      title: "holder",
      options: [
        all,
        ...owners
          .slice(0, MOST_OWNERS)
          .map(([label, count], i) => ({ value: String(i), label, count })),
        ...(others > 0 ? [{ value: "rest", label: "others", count: others }] : []),
      ],
    },
  ];
  return { controls: controls.filter(({ options }) => options.length > 2), ownerOf };
}

function option(value: string, counts: ReadonlyMap<string, number>) {
  const count = counts.get(value);
  return count === undefined ? [] : [{ value, label: value, count }];
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/** For each endpoint its place in every order of {@link SORT_KEYS}; longest and most come first. */
export function sortRanks(endpoints: readonly Endpoint[], endNs: number): number[][] {
  const keys: Readonly<
    Record<(typeof SORT_KEYS)[number]["id"], (endpoint: Endpoint) => number | string>
  > = {
    seen: () => 0,
    ends: ({ tuple }) => `${localName(tuple)} ${remoteName(tuple)}`,
    owner: holderName,
    verdict: ({ verdict }) => verdict ?? "unfinished",
    role: ({ role }) => role,
    age: ({ phases, endedAt }) => (endedAt === null ? (phases.at(-1)?.from ?? endNs) - endNs : 1),
    life: ({ bornAt, endedAt }) => -((endedAt ?? endNs) - bornAt),
    resends: ({ resends }) => -resends.length,
  };
  const ranks: number[][] = endpoints.map(() => []);
  for (const { id } of SORT_KEYS) {
    const keyed = endpoints.map((endpoint, i) => ({ i, key: keys[id](endpoint) }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.i - b.i));
    for (const [rank, { i }] of keyed.entries()) ranks[i]?.push(rank);
  }
  return ranks;
}

/** The rules that hide and order rows by what is chosen; the choices stand in the same section. */
export const CONTROL_STYLE: string = [
  ...VERDICTS.map((verdict) => hides("v", verdict)),
  ...TCP_STATES.flatMap((state) => (state === null ? [] : hides("s", state))),
  ...Array.from({ length: MOST_OWNERS }, (_, i) => hides("o", String(i))),
  hides("o", "rest"),
  ...SORT_KEYS.map(({ id }, i) => orders(id, i)),
].join("\n");

function hides(group: string, value: string): string {
  return `#endpoints:has(#${group}-${value}:checked) tbody tr:not([data-${group}="${value}"]):not(:target){display:none}`;
}

function orders(id: string, i: number): string {
  return `#endpoints:has(#sort-${id}:checked) tbody tr{order:var(--k${i})}
#endpoints:has(#sort-${id}:checked):has(#reverse:checked) tbody tr{order:calc(-1*var(--k${i}))}`;
}
