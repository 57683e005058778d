/** Who asked, as W3C Trace Context (level 1) tells it. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of the span that asked, 16 hexadecimal digits. */
  readonly spanId: string;
  /** Eight bits, see {@link TraceFlag}. */
  readonly flags: number;
}

/** Bits of the flags that have a meaning. */
export const TraceFlag = {
  /** The caller may have recorded the trace. */
  sampled: 1,
  /** The right half of the trace id is random; who passes it on keeps it (level 2). */
  random: 2,
} as const;

/** Version, ids and flags; a later version than ours may have more behind a dash (section 4.3). */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Reads the value of a `traceparent` field; null where it is malformed, and then a new trace begins. */
export function parseTraceParent(value: string): TraceParent | null {
  const [, version, traceId = "", spanId = "", flags = "", more] = FORM.exec(value) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return null;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null;
  return { traceId, spanId, flags: parseInt(flags, 16) };
}

/** Writes the value of a `traceparent` field, version 00. */
export function formatTraceParent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-0${flags & (TraceFlag.sampled | TraceFlag.random)}`;
}
