/** An attempt to reach a target. */
export interface WhyAttempt {
  readonly target: string;
  readonly address: string | null;
  /** From the begin of the session, milliseconds. */
  readonly at_ms: number;
  readonly ms: number | null;
  readonly result: string;
  readonly error: string | null;
}

/** Answer of `GET /api/v1/why/{id}`, as far as it is shown. */
export interface WhyStory {
  readonly id: string;
  readonly app: string;
  readonly client: string;
  readonly listener: string;
  readonly started_at: string;
  readonly open: boolean;
  readonly rule: string | null;
  readonly candidates: readonly { readonly target: string; readonly passed_over: string | null }[];
  readonly attempts: readonly WhyAttempt[];
  readonly request?: { readonly method: string; readonly path?: string } | undefined;
  readonly status?: number | undefined;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number | null;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly closed_by: string | null;
  readonly close_reason: string | null;
}
