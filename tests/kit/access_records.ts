import type { Proxy } from "./proxy.ts";

/** What tests look at in an access record. */
export interface AccessRecord {
  readonly app: string;
  /** Who served; null where nobody did. */
  readonly target: string | null;
  readonly attempts: number;
  readonly tried: readonly string[];
  /** From accept to the connection to the target, milliseconds; null where there was none. */
  readonly connect_ms: number | null;
  readonly status?: number;
  readonly close_reason: string;
}

/** The records that a proxy with `access_log.to: stdout` has written so far. @param after so many, to leave out. */
export function accessRecords({ program: { stdout } }: Proxy, after = 0): AccessRecord[] {
  return stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n").slice(after, -1).map((
    line,
  ): AccessRecord => JSON.parse(line));
}
