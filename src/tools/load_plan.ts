import type { SocketAddress } from "../model/address.ts";

/** What a load generator is to do. Plain data: it crosses threads. */
export interface LoadPlan {
  readonly address: SocketAddress;
  /** Requests under way at once at most, 1 or more; with `keepAlive` also the connections. */
  readonly concurrency: number;
  /** Requests in all, 0 for no limit. */
  readonly requests: number;
  /** No request starts later than this after the first, 0 for no limit. One of the two limits is set. */
  readonly durationMs: number;
  /**
   * Requests a second, started at even distances whatever the target does (open loop); 0 starts the next one when one
   * is answered (closed loop).
   */
  readonly ratePerS: number;
  /** Sends request after request on a connection instead of one. */
  readonly keepAlive: boolean;
  /** For each request from its start, milliseconds. */
  readonly timeoutMs: number;
  readonly data: Uint8Array;
  /** Bytes that make a reply whole. */
  readonly replyBytes: number;
  /** What the reply must be, `replyBytes` long; null where any will do. */
  readonly expected: Uint8Array | null;
}
