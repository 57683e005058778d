import { ByteSink } from "../../byte_sink.ts";
import type { ResponseHead } from "../codec/response_head.ts";
import { writeForwardedResponse } from "../policy/forward_response.ts";
import type { ViaLines } from "../policy/via.ts";

/** More are dropped. */
const MAX_BYTES = 8 * 1024;

/** Interim answers that wait until it is known whether their endpoint's final one is taken. */
export class InterimAnswers {
  readonly #sink = new ByteSink(MAX_BYTES);

  /** Keeps one more. */
  keep(head: ResponseHead, via: ViaLines): void {
    const { length } = this.#sink;
    writeForwardedResponse(this.#sink, head, 1, "none", true, via, null);
    if (this.#sink.length > MAX_BYTES) this.#sink.length = length;
  }

  /** Writes all that are kept. */
  writeTo(out: ByteSink): void {
    out.append(this.#sink.view());
  }
}
