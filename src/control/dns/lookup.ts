/** A family of addresses. */
export type Family = "IPv4" | "IPv6";

/** What a name stands for now. */
export interface LookupResult {
  /** IP literals, best first. Never empty. */
  readonly ips: readonly string[];
  /** How long that may be kept, milliseconds; null where the source does not say (hosts file, say). */
  readonly ttlMs: number | null;
  /** The family of which nothing is known, since nobody answered for it; null where both are known. */
  readonly unanswered: Family | null;
}

/** Who looks a name up, as the look-up sees it. */
export interface LookupCall<R = LookupResult> {
  /** Takes addresses that are known already, while the look-up goes on for the rest; a later one replaces it. */
  onPart(part: R): void;
  /** Aborted when there is no time for more: the look-up ends as soon as it can, with what it has. */
  readonly signal: AbortSignal;
}

/** Looks one name up. Rejects when it has no address, or is no service. */
export type Lookup<R = LookupResult> = (host: string, call: LookupCall<R>) => Promise<R>;
