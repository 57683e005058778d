import type { Connection, Engine } from "../../../engine/engine.ts";
import type { ByteSink } from "../../byte_sink.ts";
import { writeChunk, writeLastChunk } from "../codec/chunk_writer.ts";
import type { FieldSection } from "../codec/field_section.ts";
import type { Framing } from "../codec/message_head.ts";
import type { ResponseHead } from "../codec/response_head.ts";
import { MERGE_MAX_BYTES } from "../http_shared.ts";
import type { DateLine } from "../policy/date_line.ts";
import { clientFraming, writeForwardedResponse } from "../policy/forward_response.ts";
import { writeForwardedTrailers } from "../policy/forward_trailers.ts";
import type { ViaLines } from "../policy/via.ts";
import type { SharedOutput } from "../shared_output.ts";

/**
 * Writes answers to one client, one after another. Head and body parts are gathered where they are small, so that most
 * answers are one write; {@link flush} must end every callback in which something was written.
 */
export class AnswerWriter {
  /** Bytes written since {@link begin}. */
  bytes = 0;
  /** `engine.now()` since when the client takes no more, null while it does. Cleared by the connection's `onDrain`. */
  blockedSince: number | null = null;
  /** The final head was written: no other answer can be given any more. */
  headWritten = false;
  /** How the client is told where the body ends. */
  framing: Framing = "none";
  /** The final head said that the connection goes on. */
  persistent = false;
  #endpointFraming: Framing = "none";

  /** @param output used up to the next {@link flush}. */
  constructor(
    private readonly client: Connection,
    private readonly output: SharedOutput,
    private readonly engine: Engine,
    private readonly date: DateLine,
  ) {}

  /** Where an answer that no method here writes is written to, before a {@link flush}. */
  get out(): ByteSink {
    return this.output.for(this);
  }

  /** Begins the answers to the next request. */
  begin(): void {
    this.bytes = 0;
    this.headWritten = false;
  }

  /** Whether the endpoint's chunks can go to the client as they are. */
  get keepsChunks(): boolean {
    return this.framing === "chunked" && this.#endpointFraming === "chunked";
  }

  /**
   * Writes the head of an endpoint's answer, interim ones included.
   * @param minorVersion of the request.
   * @param persistent whether the client's connection is to go on; one with an answer that it delimits does not.
   */
  head(head: ResponseHead, minorVersion: number, persistent: boolean, via: ViaLines): void {
    this.framing = clientFraming(head, minorVersion);
    this.persistent = persistent && this.framing !== "close";
    writeForwardedResponse(this.out, head, minorVersion, this.framing, this.persistent, via, this.date);
    this.#endpointFraming = head.framing;
    this.headWritten = !head.interim || head.status === 101;
  }

  /** Writes a part of the body, as the endpoint's parser gave it. */
  part(data: Uint8Array, start: number, end: number): void {
    const { out } = this;
    if (this.framing === "chunked" && !this.keepsChunks) {
      writeChunk(out, data, start, end);
      if (out.length > MERGE_MAX_BYTES) this.flush();
      return;
    }
    if (out.length + end - start <= MERGE_MAX_BYTES) return out.copy(data, start, end);
    this.flush();
    this.write(data.subarray(start, end));
  }

  /** Ends the body. @param trailers null where there are none. */
  end(trailers: FieldSection | null): void {
    if (this.framing !== "chunked") return;
    if (trailers === null) writeLastChunk(this.out);
    else writeForwardedTrailers(this.out, trailers);
  }

  /** Writes bytes that are complete by themselves. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.bytes += bytes.length;
    if (!this.client.write(bytes)) this.blockedSince ??= this.engine.now();
  }

  /** Hands what was gathered to the client's connection. */
  flush(): void {
    const { out } = this;
    if (out.length > 0) this.write(out.view());
    this.output.clear();
  }
}
