/** A file that could not be created, as the operator is told of it. */

import { CreateError } from "../store/create-file.ts";
import { OperatorError } from "./operator-error.ts";

/** The error to throw: `OperatorError` 1 where a file was refused, else the error itself. */
export function refusedFile(error: unknown): unknown {
  return error instanceof CreateError ? new OperatorError(1, error.message, error) : error;
}
