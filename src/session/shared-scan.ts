/** Scans for namespaces that several sides ask for: one at a time, and whole where one needs that. */

import { SharedRun } from "./shared-run.ts";

/**
 * The scanner remembers what each scan has found: two at a time would take what one of them has
 * just found for gone.
 */
export class SharedScan {
  readonly #run: SharedRun;
  #isWhole = false;

  constructor(scan: (isQuick: boolean) => Promise<void>) {
    this.#run = new SharedRun(() => {
      const isQuick = !this.#isWhole;
      this.#isWhole = false;
      return scan(isQuick);
    });
  }

  /**
   * Resolves when a scan that had not begun yet has ended.
   *
   * @param isQuick whether a quick one will do, as `NamespaceScanner.scan` says
   */
  ask(isQuick = false): Promise<void> {
    this.#isWhole ||= !isQuick;
    return this.#run.ask();
  }
}
