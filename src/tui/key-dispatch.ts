// Finds the action that a key asks for, and tells the help what can be asked for.
import { type Action, KEY_TABLE, type KeyBinding, type KeyContext } from "./keys.ts";
import { spokenKey } from "./spoken-key.ts";

/** A group of the help with its lines: keys, and what they do. */
export interface HelpGroup {
  readonly title: string;
  readonly lines: ReadonlyArray<{ readonly keys: string; readonly text: string }>;
}

/** The keys of one app. */
export interface KeyDispatcher {
  /** Handle an action. An action without a handler does nothing and is missing from the help. */
  on(action: Action, handler: () => void): void;
  /** Take one key; tells which action it led to, null for none or for half of a sequence. */
  press(key: string, context?: KeyContext): Action | null;
  /** What the help shows: only what has a handler. */
  help(): HelpGroup[];
  /** The first key of an action as a person reads it, null if it has no handler. */
  keyFor(action: Action): string | null;
}

/**
 * Make a dispatcher over a table of keys.
 *
 * A key that begins a sequence (`g` of `gg`) waits for the next key, without a time limit; if the
 * two mean nothing together, the second is taken alone.
 */
export function createKeyDispatcher(table: readonly KeyBinding[] = KEY_TABLE): KeyDispatcher {
  const handlers = new Map<Action, () => void>();
  let pending = "";

  const active = (context: KeyContext) =>
    table.filter(
      (binding) =>
        handlers.has(binding.action) &&
        (binding.contexts === undefined || binding.contexts.includes(context)),
    );
  const find = (sequence: string, context: KeyContext) =>
    active(context).find((binding) => binding.keys.includes(sequence))?.action ?? null;
  const begins = (sequence: string, context: KeyContext) =>
    active(context).some((binding) => binding.keys.some((key) => key.startsWith(`${sequence} `)));

  const press = (key: string, context: KeyContext = "panels"): Action | null => {
    const sequence = pending ? `${pending} ${key}` : key;
    const action = find(sequence, context);
    const wasPending = pending !== "";
    pending = "";
    if (action) {
      handlers.get(action)?.();
      return action;
    }
    if (begins(sequence, context)) {
      pending = sequence;
      return null;
    }
    return wasPending ? press(key, context) : null;
  };

  return {
    on: (action, handler) => void handlers.set(action, handler),
    press,
    help() {
      const groups = new Map<string, Array<{ keys: string; text: string }>>();
      for (const binding of table) {
        if (!handlers.has(binding.action)) continue;
        // What counts in an overlay alone stands at its foot.
        if (binding.contexts?.includes("panels") === false) continue;
        const lines = groups.get(binding.group) ?? [];
        const keys = binding.keys.map(spokenKey).join(" ");
        const last = lines.at(-1);
        if (last?.text === binding.help) last.keys += ` ${keys}`;
        else lines.push({ keys, text: binding.help });
        groups.set(binding.group, lines);
      }
      return [...groups].map(([title, lines]) => ({ title, lines }));
    },
    keyFor(action) {
      const key =
        handlers.has(action) && table.find((binding) => binding.action === action)?.keys[0];
      return key ? spokenKey(key) : null;
    },
  };
}
