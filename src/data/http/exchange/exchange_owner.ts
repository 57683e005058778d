import type { Connection } from "../../../engine/engine.ts";
import type { SocketAddress } from "../../../model/address.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { SessionContext } from "../../client_session.ts";
import type { Place } from "../../place.ts";
import type { ForwardedFields } from "../policy/forwarded_fields.ts";
import type { LocalAnswer } from "../policy/local_answer.ts";
import type { AnswerWriter } from "./answer_writer.ts";

/** The client's side of an exchange. */
export interface ExchangeOwner {
  readonly context: SessionContext;
  readonly remote: SocketAddress;
  /** Where the client came in. */
  readonly listenAddress: SocketAddress;
  readonly forwarded: ForwardedFields;
  readonly answer: AnswerWriter;
  /** Whether the connection can go on after this request. */
  readonly mayPersist: boolean;
  /** The endpoint takes more of the request's body. */
  onBodyWanted(): void;
  /** The exchange's deadline may have come nearer. */
  onDeadline(): void;
  /** The answer went to the client, whole. */
  onAnswered(): void;
  /** No endpoint's answer will come: this one is to be given. */
  onRefused(answer: LocalAnswer, reason: CloseReason): void;
  /** The answer broke off within its body. */
  onTruncated(reason: CloseReason): void;
  /**
   * The endpoint switched to another protocol.
   * @param rest bytes of it that came already.
   * @param place at the target; it goes along.
   */
  onSwitched(connection: Connection, rest: Uint8Array, target: TargetSnapshot, place: Place): void;
}
