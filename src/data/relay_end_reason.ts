import type { RelayEnd } from "../engine/engine.ts";
import type { CloseReason } from "../model/close_reason.ts";

const REASONS: Readonly<Record<RelayEnd, CloseReason>> = {
  done: "done",
  client_reset: "client_abort",
  target_reset: "target_abort",
};

/** Why a session ended, by how its relay did. */
export function relayEndReason(end: RelayEnd): CloseReason {
  return REASONS[end];
}
