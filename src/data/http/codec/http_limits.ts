/** What one HTTP/1.1 message may cost; each has its own refusal (400, 414, 431, or 502 for an endpoint's message). */
export interface HttpLimits {
  /** Request line or status line with its CRLF, bytes. Refused with 414. */
  readonly maxStartLineBytes: number;
  /** Start line and fields together, with all CRLFs, bytes. Refused with 431. */
  readonly maxHeadBytes: number;
  /** Field lines of a head, and of a trailer section. Refused with 431. */
  readonly maxFields: number;
  /** Trailer section with its CRLFs, bytes. Refused with 431. */
  readonly maxTrailerBytes: number;
  /** Chunk extensions of one message together, bytes: they carry nothing that is passed on. Refused with 400. */
  readonly maxChunkExtensionBytes: number;
  /** Interim (1xx) responses before the final one. Refused with 502. */
  readonly maxInterimResponses: number;
}

/** Limits that fit browsers with large cookies and are no burden at ten thousand connections. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxStartLineBytes: 8 * 1024,
  maxHeadBytes: 32 * 1024,
  maxFields: 100,
  maxTrailerBytes: 8 * 1024,
  maxChunkExtensionBytes: 1024,
  maxInterimResponses: 32,
};
