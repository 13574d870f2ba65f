/** A reader of CSV written from RFC 4180 alone, to check the writer against. */

/** Rows of fields. Throws where the text is not what the RFC's grammar allows. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const [field, next] = text[at] === '"' ? quoted(text, at) : bare(text, at);
    row.push(field);
    if (text[next] === ",") {
      at = next + 1;
    } else if (text.startsWith("\r\n", next)) {
      rows.push(row);
      row = [];
      at = next + 2;
    } else {
      throw new Error(`neither comma nor CRLF at ${next}`);
    }
  }
  if (row.length > 0) throw new Error("the last row does not end");
  return rows;
}

function quoted(text: string, start: number): [string, number] {
  let field = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') field += text[at];
    else if (text[at + 1] === '"') field += text[at++];
    else return [field, at + 1];
  }
  throw new Error("a quote does not end");
}

function bare(text: string, start: number): [string, number] {
  const end = text.slice(start).search(/[,\r\n"]/);
  if (end === -1) throw new Error("a field does not end");
  return [text.slice(start, start + end), start + end];
}
