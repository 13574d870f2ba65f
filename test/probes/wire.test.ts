/** The probes and the decoder agree on every field, and every probe says what it is. */
import { describe, expect, test } from "vitest";
import { WireDecoder } from "../../src/event/wire.ts";
import { LIFE_ROWS } from "../event/life-rows.ts";
import { ORIGIN_NS, REASONS, ROWS } from "../event/wire-rows.ts";
import { type Fragment, fragments, partOf, takeApart } from "./fragment.ts";

const all = fragments();
const files = all.map(({ file }) => file);

function fragment(file: string): Fragment {
  const found = all.find((each) => each.file === file);
  if (found === undefined) throw new Error(`no ${file}`);
  return found;
}

describe("every fragment's header", () => {
  test.each(files)("%s has name, purpose, wire, misses and cost", (file) => {
    const one = fragment(file);
    const [title = "", blank] = one.header;
    const name = file.split(".")[0] as string;
    expect(title).toMatch(/^[a-z_]+(?: \((?:no BTF|no err|no reason|lives)\))? {3}[A-Z].*[.:]$/);
    expect(title.split(" ")[0]).toBe(name);
    expect(/\(no (\w+)\)/.exec(title)?.[1]?.toLowerCase() ?? null).toBe(
      /\.no(\w+)\.bt$/.exec(file)?.[1] ?? null,
    );
    expect(blank).toBe("");
    for (const word of ["Wire", "Misses", "Cost"] as const) {
      expect(partOf(one, word), word).toMatch(/\S/);
    }
    const order = one.header.flatMap((line) => /^(Wire|Misses|Cost):/.exec(line)?.[1] ?? []);
    expect(order).toEqual(["Wire", "Misses", "Cost"]);
  });
});

describe("every fragment's code", () => {
  test.each(files)("%s is static text that every bpftrace from 0.17 on takes", (file) => {
    const { code, text } = fragment(file);
    expect(text).not.toContain("\t");
    expect(code).not.toMatch(/#\s*include/);
    expect(code).not.toMatch(/\bargs\s*\./);
    expect(code).not.toMatch(/^\s*(?:begin|end|BEGIN\s*,|config)\b/m);
    expect(code).not.toMatch(/\b(?:fentry|fexit|kfunc|kretfunc|rawtracepoint|kprobe|uprobe):/);
    expect(code).not.toMatch(/\b(?:system|signal|override|cat|exit|buf|unroll)\s*\(/);
  });

  test.each(files)("%s has pairs of braces and parentheses", (file) => {
    const { code } = fragment(file);
    for (const [open, close] of ["()", "{}", "[]"].map((pair) => [...pair] as [string, string])) {
      expect(code.split(open).length).toBe(code.split(close).length);
    }
  });

  test.each(files)(
    "%s counts each record it sends or has no room for, and sends it in one call",
    (file) => {
      const { code, prints } = fragment(file);
      const sent = prints.filter(({ format }) => /^[A-Z] %llx /.test(format)).length;
      // Where a map is full, the number of a record that cannot come is taken, so that it shows.
      const full =
        code.match(
          /\{\s*\$seq = @seq\[cpu\] \+ 1; @seq\[cpu\] = \$seq; @counted = count\(\);\s*\}/g,
        )?.length ?? 0;
      const records = sent + full;
      expect(
        code.match(/\$seq = @seq\[cpu\] \+ 1; @seq\[cpu\] = \$seq; @counted = count\(\);/g) ?? [],
      ).toHaveLength(records);
      expect(code.match(/@counted = /g) ?? []).toHaveLength(records);
      expect(prints.length - sent).toBe(
        ["ready.bt", "heartbeat.bt", "counts.bt"].includes(file) ? 1 : 0,
      );
    },
  );

  /** Tell of sockets that others have chosen, or of none. */
  const unfiltered = ["counts.bt", "detail.bt", "lives_out.bt", "lives_tick.bt"];
  const choosing = files.filter((file) =>
    /printf\("[A-Z] %llx|@ended\[[^=]*\] = /.test(fragment(file).code),
  );

  test.each(choosing.filter((file) => !unfiltered.includes(file)))(
    "%s heeds the namespace and all four ports",
    (file) => {
      const { code } = fragment(file);
      if (!file.endsWith(".nobtf.bt")) expect(code).toMatch(/\$1 == 0 \|\|/);
      expect(code).toMatch(/\$2 == 0 \|\|/);
      for (const parameter of ["$2", "$3", "$4", "$5"]) {
        expect(
          code.split(`== ${parameter} `).length + code.split(`== ${parameter})`).length,
        ).toBeGreaterThanOrEqual(4);
      }
    },
  );
});

describe("what is printed", () => {
  const printed = all.flatMap(({ file, prints }) => prints.map((print) => [file, print] as const));

  test.each(printed)("%s has an argument for each conversion", (_, print) => {
    expect(print.args).toHaveLength(print.conversions.length);
    expect(print.format).toMatch(/\\n$/);
    expect(print.fields.every((field) => /^(?:%[a-z]+|[A-Za-z0-9-]+)$/.test(field))).toBe(true);
  });
});

/** Rows of the real kernel for each fragment that sends records, one of each kind. */
const CAPTURED: Readonly<Record<string, readonly string[]>> = {
  "lives_out.bt": [
    LIFE_ROWS.lifeReset,
    ROWS.accept,
    ROWS.finalFin,
    ROWS.miniEnd,
    LIFE_ROWS.lifeSixAddresses,
    LIFE_ROWS.lifeActive,
  ],
  "owners.lives.bt": [ROWS.accept],
  "reads.lives.bt": [ROWS.use, ROWS.readLast, ROWS.use],
  "tcp_destroy_sock.lives.bt": [ROWS.letGo],
  "tcp_set_state.bt": [ROWS.linger],
  "tcp_set_state.nobtf.bt": [ROWS.blindTransition],
  "tcp_retransmit_skb.bt": [ROWS.timeout],
  "tcp_retransmit_skb.noerr.bt": [ROWS.timeout],
  "tcp_retransmit_skb.nobtf.bt": [ROWS.blindResent],
  "tcp_send_reset.bt": [ROWS.resetSent],
  "tcp_send_reset.noreason.bt": [ROWS.resetSent],
  "tcp_receive_reset.bt": [ROWS.resetReceived],
  "tcp_destroy_sock.bt": [ROWS.letGo],
  "owners.bt": [ROWS.accept],
  "reads.bt": [ROWS.use, ROWS.readLast, ROWS.use],
  "time_wait.bt": [ROWS.finalFin],
  "time_wait_end.bt": [ROWS.miniEnd],
};

describe("the decoder", () => {
  const decoder = new WireDecoder({ originNs: ORIGIN_NS, resetReasons: REASONS, hz: 250 });
  // The answer of detail.bt is no event: probe-rows reads it.
  const senders = all.filter(
    ({ file, prints }) =>
      file !== "detail.bt" && prints.some(({ format }) => /^[A-Z] %llx /.test(format)),
  );

  test("has a captured row for each fragment that sends records", () => {
    expect(senders.map(({ file }) => file)).toEqual(Object.keys(CAPTURED).sort());
  });

  const kinds = Object.entries(CAPTURED).flatMap(([file, rows]) =>
    fragment(file)
      .prints.filter(({ format }) => /^[A-Z] %llx /.test(format))
      .map((print, i) => [file, print.fields[0] as string, print, rows[i] as string] as const),
  );
  const takes = (row: string) =>
    row.startsWith("V ") ? decoder.noteAddresses(row) : decoder.decode(row);

  test.each(kinds)("takes what %s prints as %s, and no field less", (_, kind, print, captured) => {
    expect(captured?.startsWith(`${kind} `)).toBe(true);
    const row = fill(print.fields, captured);
    expect(takes(`${row.join(" ")}\n`)).not.toBeNull();
    expect(takes(`${row.slice(0, -1).join(" ")}\n`)).toBeNull();
    const isNamed = print.conversions.at(-1) === "%s";
    if (!isNamed) expect(takes(`${[...row, "0"].join(" ")}\n`)).toBeNull();
  });

  test.each(kinds)(
    "%s names as many fields of %s in its header as it prints",
    (file, kind, print) => {
      const wire = partOf(fragment(file), "Wire") ?? "";
      const [, other] = new RegExp(`(?:^|\\b${kind} )as (\\S+\\.bt)`).exec(wire) ?? [];
      const own = other === undefined ? wire : (partOf(fragment(other), "Wire") ?? "");
      const from = own.search(new RegExp(`\\b${kind} (?:nsecs|began) `));
      const names = own
        .slice(from)
        .replace(/\s+\((?:hex|hex unless marked)\)[\s\S]*$/, "")
        .split(/\s+/);
      expect(names).toHaveLength(print.fields.length);
      expect(names[0]).toBe(kind);
    },
  );
});

/** The fields of a format with the values of a captured row; its literals stay. */
function fill(fields: readonly string[], captured: string): string[] {
  const values = captured.replace(/\n$/, "").split(" ");
  const named = values.slice(0, fields.length - 1);
  const last = values.slice(fields.length - 1).join(" ");
  return fields.map((field, i) => {
    if (!field.startsWith("%")) return field;
    return (i === fields.length - 1 ? last : named[i]) as string;
  });
}

describe("variants of one probe", () => {
  const families = new Map<string, Fragment[]>();
  for (const each of all) {
    const name = each.file.split(".")[0] as string;
    families.set(name, [...(families.get(name) ?? []), each]);
  }
  const several = [...families].filter(([, members]) => members.length > 1);

  test("are nine families", () => {
    expect(several.map(([name]) => name)).toEqual([
      "end",
      "owners",
      "reads",
      "tcp_destroy_sock",
      "tcp_retransmit_skb",
      "tcp_send_reset",
      "tcp_set_state",
      "time_wait",
      "time_wait_end",
    ]);
  });

  test.each(several)(
    "%s: all print the same number of fields behind the same letter",
    (_, members) => {
      const telling = members.filter(({ prints }) => prints.length > 0);
      const shapes = new Set(
        telling.map(({ prints }) => `${prints[0]?.fields[0]} ${prints[0]?.fields.length}`),
      );
      expect(shapes.size).toBe(telling.length > 0 ? 1 : 0);
    },
  );

  test.each([
    ["tcp_retransmit_skb.noerr.bt", "tcp_retransmit_skb.bt", "(args->err != 0)", "0"],
    ["tcp_send_reset.noreason.bt", "tcp_send_reset.bt", "args->reason", "0xff"],
  ])("%s differs from %s in nothing but %s", (variant, base, field, instead) => {
    const squeezed = (file: string) => fragment(file).code.replace(/\s+/g, " ");
    expect(squeezed(base)).toContain(field);
    expect(squeezed(variant)).toBe(squeezed(base).replace(field, instead));
  });

  test("a probe without BTF walks no struct", () => {
    for (const { file, code } of all.filter(({ file }) => file.includes(".nobtf."))) {
      expect(code, file).not.toMatch(/struct\s/);
      expect(code, file).not.toMatch(/\)\s*->/);
    }
  });
});

describe("taking apart", () => {
  test("sees what is wrong with a fragment", () => {
    const bad = takeApart(
      "bad.bt",
      '/*\n * bad   Wrong.\n *\n * Cost:   none\n */\nBEGIN { printf("Q %llx %s\\n", f(1, "a,b"), /* c */ ntop(args.x)); }\n',
    );
    expect(bad.prints).toEqual([
      {
        format: "Q %llx %s\\n",
        args: ['f(1, "a,b")', "ntop(args.x)"],
        conversions: ["%llx", "%s"],
        fields: ["Q", "%llx", "%s"],
      },
    ]);
    expect(partOf(bad, "Wire")).toBeNull();
    expect(partOf(bad, "Cost")).toBe("none");
  });
});
