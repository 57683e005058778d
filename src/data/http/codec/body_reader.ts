import { CR, LF } from "./chars.ts";
import { ChunkSizeReader } from "./chunk_size_reader.ts";
import type { CodecErrorCode } from "./codec_error.ts";
import { FAILED, FieldSection, NEED_MORE, STRICT } from "./field_section.ts";
import { HttpEvent } from "./http_event.ts";
import type { HttpLimits } from "./http_limits.ts";
import type { Framing } from "./message_head.ts";

const State = {
  done: 0,
  length: 1,
  untilClose: 2,
  chunkSize: 3,
  chunkData: 4,
  chunkCr: 5,
  chunkLf: 6,
  trailers: 7,
  failed: 8,
} as const;

const NO_BYTES = new Uint8Array(0);

/** A step of a chunked body that has nothing to tell: the next one follows. */
const GO_ON = -1;

/**
 * Reads one body: finds its parts and its end, copies nothing. A chunked body is given as its content, or with
 * {@link wire} as the bytes that a chunked message may be written with again: sizes and CRLFs included, extensions, the
 * last chunk and trailers not. What is given, taken together, does not depend on how the bytes were split.
 */
export class BodyReader {
  /** Array that the last part lies in. */
  data: Uint8Array = NO_BYTES;
  /** Its first byte. */
  dataStart = 0;
  /** After its last byte. */
  dataEnd = 0;
  /** Index in the array given to {@link parse} after what was taken. */
  position = 0;
  /** Bytes of content so far, chunk framing not counted. */
  contentBytes = 0;
  /** What was wrong, after `error`. */
  errorCode: CodecErrorCode = "bad_chunk_size";
  /** Give chunked bodies with their framing. To be set before the first part is read; `begin` clears it. */
  wire = false;

  readonly #limits: HttpLimits;
  /** Made when first needed, as is the next one: most connections never see a chunk. */
  #size: ChunkSizeReader | null = null;
  #trailers: FieldSection | null = null;
  #state: number = State.done;
  #remaining = 0;
  /** A size line is to be given from the size reader's own bytes before anything else. */
  #sizeLineDue = false;
  /** While a call runs: bytes from here to `#next` are to be given. */
  #from = 0;
  /** While a call runs: first byte not looked at. */
  #next = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  /** Trailer fields, once `trailers` was told; null where it was not. */
  get trailers(): FieldSection | null {
    return this.#trailers === null || this.#trailers.count === 0 ? null : this.#trailers;
  }

  get #section(): FieldSection {
    this.#trailers ??= new FieldSection({
      maxBytes: this.#limits.maxTrailerBytes,
      maxFields: this.#limits.maxFields,
      tooLarge: "trailers_too_large",
    }, STRICT);
    return this.#trailers;
  }

  /** Begins a body; `length` counts where that is the framing. */
  begin(framing: Framing, length: number): void {
    this.wire = false;
    this.contentBytes = 0;
    this.#trailers?.reset();
    this.#remaining = length;
    this.#sizeLineDue = false;
    if (framing === "none" || (framing === "length" && length === 0)) this.#state = State.done;
    else if (framing === "length") this.#state = State.length;
    else if (framing === "close") this.#state = State.untilClose;
    else {
      this.#state = State.chunkSize;
      this.#chunkSize.beginMessage();
    }
  }

  /** Gives memory back; nothing may be read any more. */
  release(): void {
    this.#trailers?.release();
  }

  /** True when nothing is left to read. */
  get done(): boolean {
    return this.#state === State.done;
  }

  /** Takes bytes from `at` on, up to the next event. */
  parse(bytes: Uint8Array, at: number): HttpEvent {
    this.position = at;
    switch (this.#state) {
      case State.done:
        return HttpEvent.end;
      case State.length:
        return this.#parseLength(bytes, at);
      case State.untilClose:
        this.contentBytes += bytes.length - at;
        return this.#give(bytes, at, bytes.length, bytes.length);
      case State.failed:
        return HttpEvent.error;
      default:
        return this.#parseChunked(bytes, at);
    }
  }

  /** The peer sends no more: `end` where that is how the body ends, else `error`. */
  finish(): HttpEvent {
    if (this.#state === State.untilClose) this.#state = State.done;
    if (this.#state === State.done) return HttpEvent.end;
    if (this.#state === State.failed) return HttpEvent.error;
    return this.#fail("truncated_body");
  }

  #parseLength(bytes: Uint8Array, at: number): HttpEvent {
    const end = Math.min(bytes.length, at + this.#remaining);
    this.#remaining -= end - at;
    this.contentBytes += end - at;
    if (this.#remaining === 0) this.#state = State.done;
    return this.#give(bytes, at, end, end);
  }

  #parseChunked(bytes: Uint8Array, at: number): HttpEvent {
    if (this.#sizeLineDue) return this.#giveSizeLine(at);
    this.#from = at;
    this.#next = at;
    while (this.#next < bytes.length) {
      const event = this.#chunkStep(bytes);
      if (event !== GO_ON) return event;
    }
    return this.#give(bytes, this.#from, this.#next, this.#next);
  }

  #chunkStep(bytes: Uint8Array): HttpEvent | typeof GO_ON {
    switch (this.#state) {
      case State.chunkSize:
        return this.#sizeStep(bytes);
      case State.chunkData:
        return this.#dataStep(bytes);
      case State.trailers:
        return this.#parseTrailers(bytes, this.#next);
      default:
        return this.#chunkEndStep(bytes);
    }
  }

  #sizeStep(bytes: Uint8Array): HttpEvent | typeof GO_ON {
    const from = this.#from;
    const lineStart = this.#next;
    const line = this.#chunkSize;
    const next = line.scan(bytes, lineStart);
    if (next === NEED_MORE) return this.#give(bytes, from, lineStart, bytes.length);
    if (next === FAILED) return this.#failAfter(bytes, line.errorCode);
    this.#next = next;
    if (line.size === 0) {
      this.#state = State.trailers;
      if (from === lineStart) {
        return next < bytes.length ? this.#parseTrailers(bytes, next) : this.#more(next);
      }
      return this.#give(bytes, from, lineStart, next);
    }
    this.#state = State.chunkData;
    this.#remaining = line.size;
    if (!this.wire) {
      this.#from = next;
      return GO_ON;
    }
    if (line.plain) return GO_ON;
    this.#sizeLineDue = true;
    return from === lineStart ? this.#giveSizeLine(next) : this.#give(bytes, from, lineStart, next);
  }

  #dataStep(bytes: Uint8Array): HttpEvent | typeof GO_ON {
    const end = Math.min(bytes.length, this.#next + this.#remaining);
    this.#remaining -= end - this.#next;
    this.contentBytes += end - this.#next;
    this.#next = end;
    if (this.#remaining === 0) this.#state = State.chunkCr;
    return this.wire ? GO_ON : this.#give(bytes, this.#from, end, end);
  }

  #chunkEndStep(bytes: Uint8Array): HttpEvent | typeof GO_ON {
    const wanted = this.#state === State.chunkCr ? CR : LF;
    if (bytes[this.#next] !== wanted) return this.#failAfter(bytes, "bad_chunk_end");
    this.#next++;
    if (!this.wire) this.#from = this.#next;
    if (wanted === CR) this.#state = State.chunkLf;
    else {
      this.#state = State.chunkSize;
      this.#chunkSize.begin();
    }
    return GO_ON;
  }

  #parseTrailers(bytes: Uint8Array, at: number): HttpEvent {
    const isFirst = this.#trailers?.isEmpty ?? true;
    if (isFirst && at + 1 < bytes.length && bytes[at] === CR && bytes[at + 1] === LF) {
      this.#state = State.done;
      this.position = at + 2;
      return HttpEvent.end;
    }
    const trailers = this.#section;
    const to = trailers.open(bytes, at);
    const next = trailers.scanFields(to);
    if (next === FAILED) return this.#fail(trailers.errorCode);
    if (next === NEED_MORE) {
      trailers.suspend(to);
      return this.#more(bytes.length);
    }
    this.#state = State.done;
    this.position = at + trailers.taken(next);
    return trailers.count > 0 ? HttpEvent.trailers : HttpEvent.end;
  }

  #giveSizeLine(position: number): HttpEvent {
    this.#sizeLineDue = false;
    const line = this.#chunkSize;
    return this.#give(line.line, 0, line.writeLine(), position);
  }

  get #chunkSize(): ChunkSizeReader {
    this.#size ??= new ChunkSizeReader(this.#limits.maxChunkExtensionBytes);
    return this.#size;
  }

  #give(data: Uint8Array, start: number, end: number, position: number): HttpEvent {
    this.position = position;
    this.data = data;
    this.dataStart = start;
    this.dataEnd = end;
    return start === end ? HttpEvent.needMore : HttpEvent.body;
  }

  #more(position: number): HttpEvent {
    this.position = position;
    return HttpEvent.needMore;
  }

  /** Fails, but gives what came before the mistake first. */
  #failAfter(bytes: Uint8Array, code: CodecErrorCode): HttpEvent {
    const event = this.#fail(code);
    return this.#from === this.#next ? event : this.#give(bytes, this.#from, this.#next, this.#next);
  }

  #fail(code: CodecErrorCode): HttpEvent {
    this.#state = State.failed;
    this.errorCode = code;
    return HttpEvent.error;
  }
}
