/** What a command gives back beside its output. */

/** Where a command puts its exit code; 0 unless it says otherwise. */
export interface CommandResult {
  exitCode: number;
}
