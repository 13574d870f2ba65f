// Writes the names of keys as people read them.

const SPOKEN: ReadonlyMap<string, string> = new Map([
  ["space", "Space"],
  ["enter", "Enter"],
  ["escape", "Esc"],
  ["tab", "Tab"],
  ["S-tab", "S-Tab"],
  ["pageup", "PgUp"],
  ["pagedown", "PgDn"],
  ["home", "Home"],
  ["end", "End"],
  ["up", "Up"],
  ["down", "Down"],
  ["left", "Left"],
  ["right", "Right"],
]);

/** Write a key as a person reads it: `C-c` as `^C`, `g g` as `gg`, `pageup` as `PgUp`, `f1` as `F1`. */
export function spokenKey(key: string): string {
  if (key.includes(" ")) return key.split(" ").map(spokenKey).join("");
  if (/^C-[a-z]$/.test(key)) return `^${key.slice(2).toUpperCase()}`;
  if (/^f\d+$/.test(key)) return key.toUpperCase();
  return SPOKEN.get(key) ?? key;
}
