/** A record of the access log as it is read back from its JSON; by the names of `docs/logs.md`. */
export type AccessRecord = Readonly<Record<string, unknown>>;

/** Makes of records (JSON, a line each) what is written in their place. */
export type RecordFormat = (lines: string) => string;

/**
 * Fields of the records of data threads, in their order; `proxy_addr` where a proxy told of the client, those from `method` to `answer_error` are there in mode `http`
 * alone, the ids of its span where a session or request is traced.
 */
export const RECORD_FIELDS = [
  ...["ts", "id", "app", "listener", "client_addr", "proxy_addr", "target", "attempts", "tried"] as const,
  ...["connect_ms", "first_byte_ms", "duration_ms", "bytes_in", "bytes_out"] as const,
  ...["revision", "picked_by", "close_reason"] as const,
  ...["method", "path", "status", "endpoint", "dispatch", "replay", "tls", "answer_error"] as const,
  ...["trace_id", "span_id"] as const,
] as const;

/** Reads records. @param lines JSON, a line each. */
export function readRecords(lines: string): AccessRecord[] {
  return lines.split("\n").filter((line) => line !== "").map((line): AccessRecord => JSON.parse(line));
}
