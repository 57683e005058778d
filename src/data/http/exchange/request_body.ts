import { ByteSink } from "../../byte_sink.ts";
import { writeLastChunk } from "../codec/chunk_writer.ts";
import type { FieldSection } from "../codec/field_section.ts";
import type { RequestHead } from "../codec/request_head.ts";
import { writeForwardedTrailers } from "../policy/forward_trailers.ts";
import { type BodyPlan, bodyPlan } from "../policy/replay.ts";

const NO_BYTES = new Uint8Array(0);
const INITIAL_BYTES = 4096;

/**
 * The body of one request on its way to endpoints, as the bytes that go over the wire: chunk framing included. As long
 * as it may be needed again it is kept from its first byte on; a longer one is streamed, and only what its one endpoint
 * has not taken yet is held.
 */
export class RequestBody {
  /** All of it has come from the client. */
  complete: boolean;
  /** It is too long to be kept: what is held begins somewhere in the middle. */
  streamed: boolean;
  /** Position in the body of the first byte that is held. */
  base = 0;
  readonly #isChunked: boolean;
  readonly #maxKeptBytes: number;
  readonly #initialBytes: number;
  #held: ByteSink | null = null;

  /** @param maxKeptBytes most that is kept for another endpoint. */
  constructor(head: RequestHead, maxKeptBytes: number) {
    const plan = bodyPlan(head.framing, head.contentLength, maxKeptBytes);
    this.complete = plan === "none";
    this.streamed = plan === "streamed";
    this.#isChunked = head.framing === "chunked";
    this.#maxKeptBytes = maxKeptBytes;
    this.#initialBytes = plan === "kept" ? head.contentLength : INITIAL_BYTES;
  }

  /** Whether another endpoint could get all of it, as far as is known now. */
  get plan(): Exclude<BodyPlan, "unknown"> {
    if (this.streamed) return "streamed";
    return this.#held === null && this.complete ? "none" : "kept";
  }

  /** Whether its length shows only while it comes: it may still turn out too long to be kept. */
  get undecided(): boolean {
    return this.#isChunked && !this.complete && !this.streamed;
  }

  /** Position after the last byte that has come. */
  get end(): number {
    return this.base + (this.#held?.length ?? 0);
  }

  /** What is held from a position on, valid until more comes. */
  from(position: number): Uint8Array {
    return this.#held === null ? NO_BYTES : this.#held.view().subarray(position - this.base);
  }

  /** Takes a part from the client. */
  append(data: Uint8Array, start: number, end: number): void {
    this.#held ??= new ByteSink(this.#initialBytes);
    this.#held.copy(data, start, end);
    if (this.#held.length > this.#maxKeptBytes) this.streamed = true;
  }

  /** All parts have come. @param trailers null where there are none. */
  finish(trailers: FieldSection | null): void {
    this.complete = true;
    if (!this.#isChunked) return;
    this.#held ??= new ByteSink(INITIAL_BYTES);
    if (trailers === null) writeLastChunk(this.#held);
    else writeForwardedTrailers(this.#held, trailers);
  }

  /** The one endpoint of a streamed body has taken what is held. */
  taken(): void {
    if (!this.streamed || this.#held === null) return;
    this.base += this.#held.length;
    this.#held.clear();
  }

  /** A part went to the one endpoint of a streamed body without being held. */
  passed(count: number): void {
    this.base += count;
  }
}
