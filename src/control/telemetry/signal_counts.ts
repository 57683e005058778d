/** What became of one signal of OpenTelemetry since the start. */
export interface SignalCounts {
  readonly signal: "traces" | "metrics" | "logs";
  /** Spans, numbers or log records that the receiver took. */
  readonly sent: number;
  /** Those that were dropped: for want of room, refused, or given up. */
  readonly dropped: number;
}
