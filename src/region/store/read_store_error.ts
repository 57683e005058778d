import { JetStreamApiError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  ConnectionError,
  NoRespondersError,
  PermissionViolationError,
  TimeoutError,
} from "@nats-io/transport-node";
import { errorMessage } from "../../base/errors.ts";
import { StoreError, type StoreErrorCode } from "./store_error.ts";

/** Error codes of the server, `server/errors.json` of nats-server. */
const WRONG_LAST_SEQUENCE = 10_071;
const NOT_ENABLED_FOR_ACCOUNT = 10_039;
const STREAM_NOT_FOUND = 10_059;
const NO_ROOM: ReadonlySet<number> = new Set([10_023, 10_028, 10_047, 10_077]);

/** What the client library threw, in the words of this program. @param doing what was tried: `Cannot read app "web"`. */
export function storeError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const [code, why] = kindOf(error);
  return new StoreError(code, `${doing}: ${why}`, error);
}

/** Whether nobody answered, who may do so when asked again. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof TimeoutError || error instanceof Error && error.cause instanceof TimeoutError;
}

function kindOf(error: unknown): readonly [StoreErrorCode, string] {
  if (error instanceof JetStreamApiError) return apiKind(error);
  if (error instanceof AuthorizationError) {
    return ["store_denied", "the servers do not accept these credentials"];
  }
  const denied = permissionViolation(error);
  if (denied !== null) {
    return ["store_denied", `these credentials do not allow to ${denied.operation} ${denied.subject}`];
  }
  // The library does not export the class of this one.
  if (error instanceof NoRespondersError || error instanceof Error && error.name === "JetStreamNotEnabled") {
    return ["store_unusable", "the servers run without JetStream, or have no leader for it"];
  }
  if (error instanceof TimeoutError || error instanceof ConnectionError) {
    return ["store_unreachable", errorMessage(error)];
  }
  return ["store_failed", errorMessage(error)];
}

/** The library wraps it in the error of the request that met it. */
function permissionViolation(error: unknown): PermissionViolationError | null {
  if (error instanceof PermissionViolationError) return error;
  return error instanceof Error && error.cause instanceof PermissionViolationError ? error.cause : null;
}

function apiKind(error: JetStreamApiError): readonly [StoreErrorCode, string] {
  if (error.code === WRONG_LAST_SEQUENCE) return ["store_conflict", "somebody else changed it meanwhile"];
  if (error.code === NOT_ENABLED_FOR_ACCOUNT) {
    return ["store_unusable", "JetStream is not enabled for this account"];
  }
  if (error.code === STREAM_NOT_FOUND) return ["store_missing", "this region has no store yet"];
  if (NO_ROOM.has(error.code)) return ["store_full", `the servers have no room: ${error.message}`];
  return ["store_failed", error.message];
}
