/** Time zones: how far the clocks on a wall stand from UTC at a moment. */

/** A zone that times can be written and read in. */
export interface Zone {
  /** As people write it: `UTC`, `Europe/Berlin`, `+02:00`. */
  readonly name: string;
  /** Milliseconds ahead of UTC at a moment, given in milliseconds since 1970. */
  offsetMs(epochMs: number): number;
}

/** What everything is written in where nobody asks for another. */
export const UTC: Zone = { name: "UTC", offsetMs: () => 0 };

const OFFSET = /^([+-])(\d\d):?(\d\d)$/;
const LONG_OFFSET = /^GMT(?:([+-])(\d\d):(\d\d))?$/;

/** Clocks are set forward and back at quarters of an hour, in every zone of today. */
const QUARTER_MS = 900_000;

/**
 * The zone of an IANA name in any case (`europe/berlin`) or of an offset (`+02:00`); null for
 * anything else. Summer time is that of the runtime's own tz database.
 */
export function zoneNamed(text: string): Zone | null {
  const [name, sign, hours, minutes] = OFFSET.exec(text) ?? [];
  if (name !== undefined) {
    const offset = millisecondsOf(sign, hours, minutes);
    const isReal = Number(minutes) < 60 && Math.abs(offset) <= 18 * 3_600_000;
    return isReal ? { name: `${sign}${hours}:${minutes}`, offsetMs: () => offset } : null;
  }
  try {
    return namedZone(text);
  } catch {
    return null;
  }
}

/** @throws RangeError for a name that the tz database does not know */
function namedZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const { timeZone: canonical } = format.resolvedOptions();
  if (canonical === UTC.name) return UTC;
  // ICU calls Asia/Kathmandu by its name of 1986, so its word is taken for upper and lower case only.
  const name = canonical.toLowerCase() === timeZone.toLowerCase() ? canonical : timeZone;
  const known = new Map<number, number>();
  return {
    name,
    offsetMs: (epochMs) => {
      const quarter = Math.floor(epochMs / QUARTER_MS);
      const offset = known.get(quarter) ?? offsetIn(format, quarter * QUARTER_MS);
      known.set(quarter, offset);
      return offset;
    },
  };
}

function offsetIn(format: Intl.DateTimeFormat, epochMs: number): number {
  const part = format.formatToParts(epochMs).find(({ type }) => type === "timeZoneName");
  const [, sign, hours, minutes] = LONG_OFFSET.exec(part?.value ?? "") ?? [];
  return millisecondsOf(sign, hours, minutes);
}

function millisecondsOf(sign?: string, hours = "0", minutes = "0"): number {
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
