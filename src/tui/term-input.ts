// Stands between the keyboard and blessed: joins key sequences that arrive in pieces.
import { PassThrough, type Readable } from "node:stream";

/** How long the beginning of a key sequence is held back for its rest, milliseconds. */
export const ESCAPE_HOLD_MS = 50;

/** What may come as a terminal's input: standard input, or a stream that a test writes to. */
export type InputSource = Readable & {
  isTTY?: boolean;
  isRaw?: boolean;
  setRawMode?: (raw: boolean) => unknown;
};

/** The stream that blessed reads instead of the source. */
export type KeyInput = PassThrough & {
  readonly isTTY: true;
  isRaw: boolean;
  setRawMode(raw: boolean): KeyInput;
  /** Stop reading the source, for a suspend or for good. */
  halt(): void;
  /** Read the source again. */
  proceed(): void;
};

/**
 * The end of a chunk that may go on: ESC, CSI or SS3 without its final byte, X10 mouse bytes, a
 * string without its terminator.
 */
const UNFINISHED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about.
  /\x1b+(?:\[(?:[<?>=]?[\d;]*|M[\s\S]{0,2}|\[)|O\d*|[\]P_^X][^\x07\x1b]*\x1b?)?$/;
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  /\x1b(?:\[\[[A-E]|\[M[\s\S]{3}|\[[0-?]*[ -/]*[@-~]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\))/g;
/** The control sequences that are keys or mouse reports, so that blessed knows what to do with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const KEY = /^\x1b\[(?:\[[A-E]|M[\s\S]{3}|(?:1;)?\d*[A-Za-z]|\d+(?:;\d+)?[~^$]|<\d+;\d+;\d+[Mm])$/;
const LONGEST_SEQUENCE = 256;

/**
 * Wrap an input so that a key is never torn apart.
 *
 * blessed decodes each read by itself, so an arrow whose bytes arrive in two reads, as they do
 * over ssh, becomes an escape, a `[` and an `S-a`: three other keys. Here an unfinished sequence
 * waits up to 50 ms for its rest; a lone Escape therefore acts after 50 ms. What is a sequence but
 * no key, an answer of the terminal or a title, is dropped: blessed would type its letters.
 */
export function createKeyInput(source: InputSource): KeyInput {
  let held = "";
  let timer: NodeJS.Timeout | undefined;
  const stream = new PassThrough() as PassThrough & { isRaw: boolean };
  const release = () => {
    if (held) stream.write(held, "latin1");
    held = "";
  };
  const onData = (chunk: Buffer | string) => {
    clearTimeout(timer);
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    const text = held + bytes.toString("latin1");
    const tail = UNFINISHED.exec(text.slice(-LONGEST_SEQUENCE))?.[0] ?? "";
    const whole = text.slice(0, text.length - tail.length);
    held = tail;
    const keys = whole.replace(SEQUENCE, (sequence) => (KEY.test(sequence) ? sequence : ""));
    if (keys) stream.write(keys, "latin1");
    if (held) timer = setTimeout(release, ESCAPE_HOLD_MS);
  };
  const setRaw = (raw: boolean) => {
    stream.isRaw = raw;
    source.setRawMode?.(raw);
  };
  const input = Object.assign(stream, {
    isTTY: true as const,
    isRaw: source.isRaw ?? false,
    setRawMode(raw: boolean) {
      setRaw(raw);
      return input;
    },
    halt() {
      clearTimeout(timer);
      held = "";
      source.removeListener("data", onData);
      source.pause();
    },
    proceed() {
      source.on("data", onData);
      source.resume();
    },
  }) as KeyInput;
  input.proceed();
  return input;
}
