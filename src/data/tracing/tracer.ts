import type { Random } from "../../base/random.ts";
import type { TraceSampling } from "../../model/tracing.ts";
import type { RecordBuffer } from "../record_buffer.ts";
import { idWord, newTraceId } from "./new_ids.ts";
import { ServerSpan } from "./server_span.ts";
import { TraceFlag, type TraceParent } from "./trace_parent.ts";

/**
 * Decides what is traced in a data thread, before it is known how it ends: by the first 32 bits of the right half of the
 * trace id, as OpenTelemetry for Go does, so that who decides by the same id and share comes to the same. A thread that traces
 * nothing has none.
 */
export class Tracer {
  /** Ids below are recorded. */
  readonly #bound: number;

  constructor(
    private readonly sampling: TraceSampling,
    private readonly random: Random,
    /** Where records of what was traced go. */
    readonly records: RecordBuffer,
  ) {
    this.#bound = sampling.share >= 1 ? Infinity : sampling.share * 2 ** 32;
  }

  /** For a session, which knows of no parent; null where it is not recorded: then it costs one random number. */
  session(): ServerSpan | null {
    const { random } = this;
    const judged = idWord(random);
    return judged < this.#bound ? new ServerSpan(newTraceId(random, judged), null, true, random) : null;
  }

  /** For a request: also where it is not recorded its ids are passed on. */
  request(parent: TraceParent | null): ServerSpan {
    const { random } = this;
    if (parent === null) {
      const judged = idWord(random);
      return new ServerSpan(newTraceId(random, judged), null, judged < this.#bound, random);
    }
    const isSampled = this.sampling.followsParent
      ? (parent.flags & TraceFlag.sampled) !== 0
      : parseInt(parent.traceId.slice(16, 24), 16) < this.#bound;
    return new ServerSpan(parent.traceId, parent, isSampled, random);
  }
}
