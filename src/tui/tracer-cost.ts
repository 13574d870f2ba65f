// What the tracer itself takes from the host, as the session measures it.

/** Shares of one core and bytes, over the last seconds. */
export interface TracerCost {
  /** Of this program, 1 is a whole core. */
  readonly cpu: number;
  readonly memoryBytes: number;
  /** Of bpftrace; null while it does not run. */
  readonly probe: { readonly cpu: number; readonly memoryBytes: number } | null;
}
