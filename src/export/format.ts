/** What a format is: one file each, listed in `index.ts`. */

import type { Report } from "./report.ts";

/** One way to write a report down. */
export interface ExportFormat {
  /** What `--format` takes. */
  readonly name: string;
  /** Of a file in this format, without the dot. */
  readonly extension: string;
  /** For whom it is, in one line for `--help`. */
  readonly about: string;
  /**
   * The report as pieces of text, to be written one after the other.
   *
   * Nothing of what it yields can move a cursor, open a tag or start a formula: names of
   * processes and hosts are made safe here.
   */
  render(report: Report): Iterable<string>;
}
