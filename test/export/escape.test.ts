import { expect, test } from "vitest";
import { escapeMarkdown } from "../../src/export/escape-markdown.ts";
import { escapeMermaid } from "../../src/export/escape-mermaid.ts";

test.each([
  ["a|b `c` <d> *e* ~f~ [g](h)", "a\\|b \\`c\\` &lt;d&gt; \\*e\\* \\~f\\~ \\[g\\](h)"],
  ["@torvalds", "@&#8203;torvalds"],
  ["a@b.example", "a@&#8203;b.example"],
  ["see #12 and GH-12", "see \\#&#8203;12 and GH-&#8203;12"],
  ["&#8203;12", "&amp;\\#&#8203;8203;12"],
  ["https://e.example www.e.example", "https:&#8203;//e.example www&#8203;.e.example"],
  ["- item", "\\- item"],
  ["12. item", "12\\. item"],
  ["\\x1b[2J", "\\\\x1b\\[2J"],
  [":tada:", ":&#8203;tada:"],
])("markdown: %s", (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped);
});

test.each([
  "10.0.0.5:443 closed first (close() by nginx pid 812); TIME_WAIT until 05:01:02.123.",
  "[2001:db8::5:cafe]:443".slice(1, 17),
  "net.ipv4.tcp_fin_timeout is 60 - see FIN_WAIT1",
])("markdown leaves plain prose alone: %s", (text) => {
  expect(escapeMarkdown(text)).toBe(text);
});

test.each([
  ["a;b#c", "a#59;b#35;c"],
  ["the end", "the #101;nd"],
  ["END", "#69;ND"],
  ["backend sends", "backend sends"],
  ["wrap: x", "#119;rap: x"],
  ["<b>&", "#60;b#62;#38;"],
  ["10.0.0.5:443 FIN_WAIT1 (observed), 界", "10.0.0.5:443 FIN_WAIT1 (observed), 界"],
])("mermaid: %s", (text, escaped) => {
  expect(escapeMermaid(text)).toBe(escaped);
});
