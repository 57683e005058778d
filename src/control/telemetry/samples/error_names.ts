import { Counter } from "../../../model/board.ts";
import { CLOSE_REASONS, FAILED_REASONS } from "../../../model/close_reason.ts";

/** What an answer with a 5xx is called among the reasons of errors: it is no end of a session. */
export const STATUS_5XX = "status_5xx";

/** The counter of answers with a 5xx; those of other classes stand before it. */
export const STATUS_5XX_COUNTER: number = Counter.answers + 4;

const FAILED = CLOSE_REASONS.map((reason, index) => ({ reason, index })).filter(({ reason }) =>
  FAILED_REASONS.has(reason)
);

/** What counts as an error, ... */
export const ERROR_NAMES: readonly string[] = [STATUS_5XX, ...FAILED.map(({ reason }) => reason)];

/** ... and the counters of it, in the same order. */
export const ERROR_COUNTERS: readonly number[] = [
  STATUS_5XX_COUNTER,
  ...FAILED.map(({ index }) => Counter.closed + index),
];
