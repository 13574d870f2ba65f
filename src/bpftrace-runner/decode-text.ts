/** Turns the bytes that bpftrace cannot write in JSON back into text. */

const escapedBytes = /(?:\uffffff[89a-f][0-9a-f])+/g;

/**
 * Decode the bytes of 0x80 and above in a text that came out of bpftrace's JSON.
 *
 * bpftrace escapes a `char` by printing it as a hexadecimal int. Where `char` is signed, the byte
 * 0xc3 becomes `\uffffffc3`, which a JSON parser reads as U+FFFF and then the letters `ffc3` (0.17
 * to 0.27, `src/output/json.cpp`, `JsonEmitter<std::string>`). The form is unambiguous: a genuine
 * U+FFFF arrives as three such bytes. Runs of bytes are read as UTF-8; what is not UTF-8, such as a
 * letter which the kernel cut at 15 bytes, becomes U+FFFD. Text without U+FFFF is returned as is.
 */
export function decodeBpftraceText(text: string): string {
  if (!text.includes("\uffff")) return text;
  return text.replace(escapedBytes, (run) =>
    Buffer.from(run.replaceAll("\uffffff", ""), "hex").toString("utf8"),
  );
}
