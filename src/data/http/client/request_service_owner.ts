import type { CloseReason } from "../../../model/close_reason.ts";
import type { Switch } from "../exchange/exchange_end.ts";

/** Who ends the connection that requests come on. An interface, since that one also makes the service. */
export interface RequestServiceOwner {
  /** A request was answered, and the connection goes on: idle, unless the next request is here already. */
  onNext(): void;
  /**
   * The last answer was given.
   * @param isExpected the client asked for the end, and nothing more is to come from it.
   */
  onLastAnswer(reason: CloseReason, isExpected: boolean): void;
  /** The answer under way cannot be finished. @param isVisible the client sees so at a FIN. */
  onCut(reason: CloseReason, isVisible: boolean): void;
  /** The endpoint switched to another protocol; what came of it already was passed on. */
  onSwitched(end: Switch): void;
}
