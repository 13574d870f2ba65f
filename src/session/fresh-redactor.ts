/** Makes a redactor whose key nobody will ever know. */

import { createHmac, randomBytes } from "node:crypto";
import { Redactor } from "../event/redact.ts";

/** A redactor for one recording. Its key is drawn here and dies with it: nothing writes it down. */
export function freshRedactor(): Redactor {
  const key = randomBytes(32);
  return new Redactor((text) => createHmac("sha256", key).update(text).digest("hex"));
}
