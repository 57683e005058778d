import type { Connection } from "../../../engine/engine.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { App } from "../../app.ts";
import type { Place } from "../../place.ts";
import type { HttpApp } from "../http_app.ts";
import type { LoggedSession } from "./request_log.ts";

/** The connection that requests come on. */
export interface RequestServiceOwner extends LoggedSession {
  /** Whether the connection may go on after the answer whose head is written now. */
  readonly mayPersist: boolean;
  /** Whether more may come of the client. */
  readonly mayAsk: boolean;
  /** What the next request meets. */
  currentApp(): { readonly app: App; readonly http: HttpApp };
  /** {@link RequestService.deadline} may have come nearer. */
  onDeadline(): void;
  /**
   * The last answer was given.
   * @param isExpected the client asked for the end, and nothing more is to come from it.
   */
  onLastAnswer(reason: CloseReason, isExpected: boolean): void;
  /** The answer under way cannot be finished. @param isVisible the client sees so at a FIN. */
  onCut(reason: CloseReason, isVisible: boolean): void;
  /** The endpoint switched to another protocol; what came of it already was passed on. @param place at the target. */
  onSwitched(connection: Connection, target: TargetSnapshot, place: Place): void;
}
