/** Values of attributes; what is undefined is left out. */
export type SpanAttributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** A span that has ended, before it is encoded. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** The parent is in another process. */
  readonly isParentRemote: boolean;
  /** As in `traceparent`. */
  readonly flags: number;
  readonly traceState: string | null;
  readonly name: string;
  readonly kind: "server" | "client" | "internal";
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  /** Why it failed, null where it did not. */
  readonly error: string | null;
}
