import type { Clock } from "../../base/clock.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Report } from "../../model/messages.ts";
import type { LogThrottle } from "../log_throttle.ts";
import { AnswerRefusals } from "./answer_refusals.ts";
import { EndpointPools } from "./endpoint/endpoint_pools.ts";
import { HeadView } from "./exchange/head_view.ts";
import { DateLine } from "./policy/date_line.ts";
import { SharedOutput } from "./shared_output.ts";

/** Parts of a message up to this size are joined to what is written before them; larger ones go out by themselves. */
export const MERGE_MAX_BYTES = 16 * 1024;

/**
 * What all HTTP sessions of a thread use. The outputs are filled and written within one callback: what the engine cannot
 * send at once it copies.
 */
export class HttpShared {
  /** For what is written to clients. */
  readonly toClient = new SharedOutput(2 * MERGE_MAX_BYTES);
  /** For what is written to endpoints. */
  readonly toEndpoint = new SharedOutput(2 * MERGE_MAX_BYTES);
  /** Idle connections to endpoints. */
  readonly pools: EndpointPools;
  readonly refusals: AnswerRefusals;
  /** Shows requests to strategies. */
  readonly view = new HeadView();
  /** For answers whose endpoint gave none. */
  readonly date: DateLine;

  constructor(engine: Engine, clock: Clock, throttle: LogThrottle, report: (report: Report) => void) {
    this.refusals = new AnswerRefusals(throttle, clock, report);
    this.date = new DateLine(clock);
    this.pools = new EndpointPools(engine);
  }
}
