/** The shape of everything that `lastack explain` can explain. */

/** The group a topic belongs to; the index lists the groups in this order. */
export const topicKinds = [
  "state",
  "wave",
  "role",
  "trigger",
  "verdict",
  "finding",
  "sysctl",
  "counter",
  "word",
] as const;

export type TopicKind = (typeof topicKinds)[number];

/** A sentence that is often read about TCP, and what Linux really does. */
export type Folklore = { readonly claim: string; readonly truth: string };

/**
 * One thing that can be explained.
 *
 * Topics are our own words, ASCII only, and hold no text from the host, so every screen and file
 * may show them as they are.
 */
export type Topic = {
  /** Unique; as the contract or the kernel writes it. */
  readonly name: string;
  readonly kind: TopicKind;
  readonly title: string;
  /** One sentence, for lists and status lines. */
  readonly oneLine: string;
  /** Paragraphs without line breaks; one that starts with `- ` is an item of a list. */
  readonly text: readonly string[];
  readonly folklore?: readonly Folklore[];
  /** The sysctls that govern it, by full name (`net.ipv4.tcp_fin_timeout`). */
  readonly sysctls?: readonly string[];
  /** Names of other topics. */
  readonly see?: readonly string[];
  /** Other spellings that find it, beside those of case and separators. */
  readonly aliases?: readonly string[];
  /** Where it can be checked: kernel `file:function`, RFC section. */
  readonly source?: string;
};

/** Sysctl values as the host or a recording's header gives them: full name to text. */
export type SysctlValues = Readonly<Record<string, string>>;
