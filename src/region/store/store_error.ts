import { FproxyError } from "../../base/errors.ts";

/** What can go wrong with the store of a region. */
export type StoreErrorCode =
  /** No server answers. */
  | "store_unreachable"
  /** The servers do not know this program, or do not let it do that. */
  | "store_denied"
  /** Servers without JetStream, or older than needed. */
  | "store_unusable"
  /** Somebody else wrote meanwhile. */
  | "store_conflict"
  /** No room. */
  | "store_full"
  /** There is nothing of that name. */
  | "store_missing"
  | "store_failed";

/** A failed use of the store. */
export class StoreError extends FproxyError {
  override name = "StoreError";
  constructor(override readonly code: StoreErrorCode, message: string, cause?: unknown) {
    super(code, message, "internal", code === "store_unreachable" || code === "store_conflict", cause);
  }
}
