/** An attempt to reach a target. */
export interface WhyAttempt {
  readonly target: string;
  readonly address: string;
  /** From the begin of the session, milliseconds. */
  readonly at_ms: number;
  readonly ms: number;
  readonly result: string;
  readonly error: string | null;
  /** The request there, in mode `http`, where it was connected. */
  readonly call: {
    readonly hedge: boolean;
    readonly reused: boolean;
    readonly answer: string;
    readonly status: number | null;
    readonly first_byte_ms: number | null;
  } | null;
}

/** A target that could have been given the session, or could not. */
export interface WhyCandidate {
  readonly target: string;
  readonly taken: boolean;
  readonly passed_over: string | null;
}

/** Answer of `GET /api/v1/why/{id}`, as far as it is shown. */
export interface WhyStory {
  readonly id: string;
  readonly app: string;
  readonly client: string;
  readonly listener: string;
  readonly started_at: string;
  readonly open: boolean;
  /** Name of the strategy. */
  readonly picked_by: string;
  readonly rule: string | null;
  readonly candidates: readonly WhyCandidate[];
  readonly candidates_left_out: number;
  readonly attempts: readonly WhyAttempt[];
  readonly request?: { readonly method: string; readonly path: string } | undefined;
  readonly status?: number | null | undefined;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number | null;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly first_ended: string | null;
  readonly closed_by: string | null;
  readonly close_reason: string | null;
}
