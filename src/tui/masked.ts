// Shows a trace with made-up addresses, for a screen that others may see.
import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { SocketTuple } from "../event/trace-event.ts";
import type { Teller } from "./dashboard-source.ts";
import type { Watched } from "./watched.ts";

/** What stands for an address; null for a text that is none. */
export type AddressMask = (text: string) => string | null;

/** IPv4, and what may be IPv6: a time of day looks like it too, and is no address to the mask. */
const ADDRESSES =
  /(?<![\w.:])(?:::ffff:)?\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;

const CACHE_LIMIT = 20_000;

/**
 * Puts other addresses in place of those of endpoints, findings and texts.
 *
 * What is masked reads through to the original, so it costs nothing to copy and is never old; an
 * endpoint is masked once, so that it stays equal to itself.
 */
export class Masking {
  readonly #mask: AddressMask;
  readonly #known = new Map<string, string>();
  readonly #endpoints = new WeakMap<Endpoint, Endpoint>();
  readonly #originals = new WeakMap<object, Finding>();
  readonly #tuples = new WeakMap<object, SocketTuple>();

  constructor(mask: AddressMask) {
    this.#mask = mask;
  }

  /** A text with its addresses replaced. */
  readonly text = (text: string): string => text.replace(ADDRESSES, (each) => this.address(each));

  address(address: string): string {
    let made = this.#known.get(address);
    if (made === undefined) {
      made = this.#mask(address) ?? address;
      if (this.#known.size >= CACHE_LIMIT) this.#known.clear();
      this.#known.set(address, made);
    }
    return made;
  }

  readonly endpoint = (original: Endpoint): Endpoint => {
    const known = this.#endpoints.get(original);
    if (known !== undefined) return known;
    const { endpoint, address } = {
      endpoint: this.endpoint,
      address: (a: string) => this.address(a),
    };
    const made: Endpoint = Object.create(original, {
      tuple: {
        get: () => {
          const { tuple } = original;
          return { ...tuple, local: address(tuple.local), remote: address(tuple.remote) };
        },
      },
      peer: { get: () => original.peer && endpoint(original.peer) },
    });
    this.#endpoints.set(original, made);
    return made;
  };

  /** A finding without real addresses, and what it was made of for {@link original}. */
  readonly finding = (original: Finding): Finding => {
    const { subject, summary, evidence } = original;
    const made: Finding = Object.create(original, {
      subject: { value: this.data(subject) },
      summary: { value: this.text(summary) },
      evidence: { value: evidence.map(this.text) },
    });
    this.#originals.set(made, original);
    return made;
  };

  /** The tuple that masked data was made of. */
  originalTuple(tuple: SocketTuple): SocketTuple {
    return this.#tuples.get(tuple) ?? tuple;
  }

  original(finding: Finding): Finding {
    return this.#originals.get(finding) ?? finding;
  }

  /** Plain data with every address in its texts replaced; endpoints in it as {@link endpoint}. */
  data<T>(value: T): T {
    if (typeof value === "string") return this.text(value) as T;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => this.data(each)) as T;
    if ("pairKey" in value) return this.endpoint(value as unknown as Endpoint) as T;
    const entries = Object.entries(value).map(([key, each]) => [key, this.data(each)]);
    const made = Object.fromEntries(entries) as T & object;
    if ("localPort" in value) this.#tuples.set(made, value as unknown as SocketTuple);
    return made;
  }
}

/** Everything that a view may ask, masked. */
export function maskWatched(watched: Watched, masking: Masking): Watched {
  const { endpoint, finding } = masking;
  return {
    get now() {
      return watched.now;
    },
    count: (state) => watched.count(state),
    detail: () => watched.detail(),
    *waiting(state) {
      for (const each of watched.waiting(state)) yield endpoint(each);
    },
    recent: (count) => watched.recent(count).map(endpoint),
    endpoint(id) {
      const original = watched.endpoint(id);
      return original && endpoint(original);
    },
    findings: () => watched.findings().map(finding),
    trend: (findingId) => watched.trend(findingId),
    series: (seconds) => watched.series(seconds),
    after: (seconds) => watched.after(seconds),
    living: (state, most) => watched.living(state, most).map(endpoint),
    endpointOf(tuple) {
      const original = watched.endpointOf(masking.originalTuple(tuple));
      return original && endpoint(original);
    },
    log: (count) => watched.log(count).map((each) => masking.data(each)),
    ports: () => masking.data(watched.ports()),
    ledger: () => watched.ledger(),
    process: (pid, at) => masking.data(watched.process(pid, at)),
    listenerOf: (tuple) => masking.data(watched.listenerOf(tuple)),
  };
}

/** Texts about what is masked; a sentence takes its addresses from the masked endpoint. */
export function maskTeller(teller: Teller, masking: Masking): Teller {
  return {
    sentence: (endpoint, now) => teller.sentence(endpoint, now),
    advice: (finding) => masking.data(teller.advice(masking.original(finding))),
  };
}
