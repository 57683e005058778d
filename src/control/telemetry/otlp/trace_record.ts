/** An access record of a session or request that is traced, with what spans need besides: what `src/data/tracing` writes. */
export interface TraceRecord {
  /** Of its end, RFC 3339. */
  readonly ts: string;
  readonly id: string;
  readonly app: string;
  readonly listener: string;
  readonly client_addr: string;
  /** Where a proxy told of the client. */
  readonly proxy_addr?: string;
  readonly target: string | null;
  readonly duration_ms: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly revision: number;
  readonly picked_by: string;
  readonly close_reason: string;
  /** This and those below of a request in HTTP mode alone; empty where no head was read. */
  readonly method?: string;
  readonly path?: string;
  /** 0 where no answer was given. */
  readonly status?: number;
  readonly dispatch?: string;
  readonly tls?: boolean;
  readonly answer_error?: string;
  readonly trace: {
    readonly trace_id: string;
    readonly span_id: string;
    readonly parent_span_id: string | null;
    readonly flags: number;
    readonly local_addr: string;
    /** This and those below where a head was read. */
    readonly authority?: string;
    readonly user_agent?: string | null;
    readonly version?: string;
    readonly state?: string | null;
    readonly attempts: readonly AttemptRecord[];
  };
}

/** One attempt at a target. */
export interface AttemptRecord {
  readonly span_id: string;
  /** Key of the target. */
  readonly target: string;
  readonly address: string | null;
  /** From the start of the session or request. */
  readonly start_ms: number;
  readonly duration_ms: number;
  /** 0 where no final answer came, and in TCP mode. */
  readonly status: number;
  readonly error: string | null;
  readonly hedge: boolean;
}
