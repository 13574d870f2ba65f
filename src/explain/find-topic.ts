/** Finds a topic by whatever spelling a person gives it, and guesses at typos. */
import { shortSysctlName } from "./sysctl-value.ts";
import type { Topic } from "./topic.ts";
import { topics } from "./topics/index.ts";

/** Longer than any name we know; more is not a name and not worth comparing. */
const longestQuery = 64;

function folded(text: string): string {
  return shortSysctlName(text.slice(0, longestQuery).toLowerCase()).replace(/[^a-z0-9]/g, "");
}

function spellings(topic: Topic): readonly string[] {
  const kernelName = topic.kind === "state" ? [`TCP_${topic.name}`] : [];
  const withoutTcp = topic.kind === "sysctl" ? [topic.name.replace(/^tcp_/, "")] : [];
  const withKind = [`${topic.kind} ${topic.name}`, `${topic.name} ${topic.kind}`];
  return [topic.name, ...(topic.aliases ?? []), ...kernelName, ...withoutTcp, ...withKind];
}

/** Names and aliases exactly as they are written; a name wins over another's alias. */
const byExactName = new Map([
  ...topics.flatMap((topic) => (topic.aliases ?? []).map((alias) => [alias, topic] as const)),
  ...topics.map((topic) => [topic.name, topic] as const),
]);

const bySpelling = new Map<string, Topic>();
for (const topic of topics) {
  const name = folded(topic.name);
  if (!bySpelling.has(name)) bySpelling.set(name, topic);
}
for (const topic of topics) {
  for (const spelling of spellings(topic).map(folded)) {
    if (!bySpelling.has(spelling)) bySpelling.set(spelling, topic);
  }
}

/**
 * The topic of a name, or undefined.
 *
 * The exact name or alias comes first, because `CLOSE` is a state and `close()` a trigger. Then case,
 * separators and the prefix of a sysctl do not matter: `TIME-WAIT`, `time wait`,
 * `net.ipv4.tcp_fin_timeout`, `fin_timeout`, `wave 3` and `3` all find theirs.
 */
export function findTopic(name: string): Topic | undefined {
  return byExactName.get(name.trim()) ?? bySpelling.get(folded(name));
}

/** Optimal string alignment: insert, remove, replace or swap two neighbours, one each. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let best = Math.min(
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? a.length;
}

/**
 * Up to `count` names of topics that are near to a name that was not found, nearest first.
 *
 * Near is: one holds the other, or at most a third of the letters differ. The result holds only
 * our own names, never the text that was given.
 */
export function suggestTopics(name: string, count = 3): readonly string[] {
  const query = folded(name);
  if (query.length < 2) return [];
  const nearest = new Map<string, number>();
  for (const [spelling, topic] of bySpelling) {
    const isPart =
      Math.min(query.length, spelling.length) >= 3 &&
      (spelling.includes(query) || query.includes(spelling));
    const steps = distance(query, spelling);
    const near = isPart ? Math.min(1.5, steps) : steps;
    if (near > Math.max(1, Math.floor(Math.max(query.length, spelling.length) / 3))) continue;
    nearest.set(topic.name, Math.min(near, nearest.get(topic.name) ?? near));
  }
  return [...nearest]
    .sort((a, b) => a[1] - b[1])
    .slice(0, count)
    .map(([topicName]) => topicName);
}
