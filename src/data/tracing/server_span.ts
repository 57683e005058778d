import type { Random } from "../../base/random.ts";
import { newSpanId } from "./new_ids.ts";
import { formatTraceParent, TraceFlag, type TraceParent } from "./trace_parent.ts";

/** The span of one attempt at a target, within that of its session or request. Times are `engine.now()`. */
export class AttemptSpan {
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** `ip:port` that was connected to, or tried last; null where that is not known. */
  address: string | null = null;
  /** Null while it goes on. */
  endedAt: number | null = null;
  /** Of the endpoint's final answer, 0 before it. */
  status = 0;
  /** Why it failed, a word that stays; null where it did not. */
  error: string | null = null;

  constructor(
    private readonly parent: ServerSpan,
    /** Key of the target. */
    readonly target: string,
    readonly startedAt: number,
    /** It was made since an earlier one was slow. */
    readonly isHedge: boolean,
    random: Random,
  ) {
    this.spanId = newSpanId(random);
  }

  /** 32 hexadecimal digits. */
  get traceId(): string {
    return this.parent.traceId;
  }

  /** Whether it is recorded. */
  get isSampled(): boolean {
    return this.parent.isSampled;
  }

  /** Value of the `traceparent` field that the target gets: this attempt is its parent. */
  get traceParent(): string {
    const { traceId, flags } = this.parent;
    return formatTraceParent({ traceId, spanId: this.spanId, flags });
  }

  /** The client's `tracestate` belongs to a trace that is not gone on with. */
  get dropsState(): boolean {
    return this.parent.parent === null;
  }

  /** It failed. Only the first reason counts. @param error a `NetErrorCode`, or a word of that kind. */
  failed(error: string, now: number): void {
    this.error ??= error;
    this.end(now);
  }

  /** It is over. Only the first call counts. */
  end(now: number): void {
    this.endedAt ??= now;
  }
}

/** The span of one session or request, and those of its attempts. */
export class ServerSpan {
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** In the order in which they were begun. */
  readonly attempts: AttemptSpan[] = [];
  /** For those who are asked on: bits of {@link TraceFlag}. */
  readonly flags: number;

  /**
   * @param traceId 32 hexadecimal digits. @param parent null where the trace begins here.
   * @param isSampled whether it is recorded; otherwise only its ids are passed on.
   */
  constructor(
    readonly traceId: string,
    readonly parent: TraceParent | null,
    readonly isSampled: boolean,
    private readonly random: Random,
  ) {
    this.spanId = newSpanId(random);
    this.flags = (isSampled ? TraceFlag.sampled : 0) | ((parent?.flags ?? 0) & TraceFlag.random);
  }

  /** An attempt at a target begins. */
  attempt(target: string, startedAt: number, isHedge = false): AttemptSpan {
    const attempt = new AttemptSpan(this, target, startedAt, isHedge, this.random);
    this.attempts.push(attempt);
    return attempt;
  }
}
