import type { Connection } from "../../../engine/engine.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { Place } from "../../place.ts";
import type { LocalAnswer } from "../policy/local_answer.ts";

/** An answer of our own is to be given: no endpoint's will come. */
export interface Refusal {
  readonly type: "refused";
  readonly answer: LocalAnswer;
  readonly reason: CloseReason;
}

/** The endpoint switched to another protocol. */
export interface Switch {
  readonly type: "switched";
  /** To the endpoint. */
  readonly connection: Connection;
  /** Bytes of the other protocol that came already, valid within the callback. */
  readonly rest: Uint8Array;
  readonly target: TargetSnapshot;
  /** At the target; it goes along. */
  readonly place: Place;
}

/** How an exchange ended: the answer went to the client, whole; or it broke off within its body; or else. */
export type ExchangeEnd =
  | { readonly type: "answered" }
  | { readonly type: "truncated"; readonly reason: CloseReason }
  | Refusal
  | Switch;

/** How most end. */
export const ANSWERED: ExchangeEnd = { type: "answered" };
