import type { ByteSink } from "../../byte_sink.ts";
import { COLON, CR, HTAB, LF, SP, TOKEN } from "./chars.ts";
import type { CodecErrorCode } from "./codec_error.ts";
import { fieldIdOf } from "./field_id.ts";
import { FieldLines, REWRITE } from "./field_lines.ts";
import { skipVisible } from "./skip_visible.ts";
import { giveSink, takeSink } from "./spare_sinks.ts";

/** A scan stopped at the end of the bytes. */
export const NEED_MORE = -1;
/** A scan found a mistake: see {@link FieldSection.errorCode}. */
export const FAILED = -2;

/** Memory above this is given back between two messages. */
const MAX_IDLE_HOLD_BYTES = 4096;
const NO_VIEW = new DataView(new ArrayBuffer(0));

/** What a section may be beside strict; for endpoints' heads. */
export interface Leniency {
  /** White space before a colon is dropped, as RFC 9112 section 5.1 asks of proxies for responses. */
  readonly trimsNames: boolean;
  /** A line may end in LF alone, which RFC 9112 section 2.2 lets a recipient take. */
  readonly takesBareLf: boolean;
}

/** As requests and trailers are read. */
export const STRICT: Leniency = { trimsNames: false, takesBareLf: false };

/** What a section may cost. */
export interface SectionLimits {
  /** The whole section with its line ends. */
  readonly maxBytes: number;
  readonly maxFields: number;
  /** Told when there are more bytes. */
  readonly tooLarge: CodecErrorCode;
}

/**
 * The fields of a head or a trailer section, scanned as they come. The section lies in the caller's array as long as that
 * holds all of it, and in memory of its own once it came in pieces or {@link keep} was called. Errors do not depend on
 * how the bytes were split: a line is judged when its LF is there, and its size before its content.
 */
export class FieldSection extends FieldLines {
  /** What was wrong, after {@link FAILED}. */
  errorCode: CodecErrorCode = "bad_start";
  /** Another number for each section that is not the same as the one before. */
  edition = 0;

  /** Offset from the start of the next line to scan. */
  protected scanned = 0;
  /**
   * False when the bytes added last hold no LF: there is nothing to judge, and looking at a long line again for each
   * byte that dribbles in would cost its length squared.
   */
  protected lineArrived = true;
  #view: DataView<ArrayBufferLike> = NO_VIEW;
  /** Memory of its own, made when first needed. */
  #held: ByteSink | null = null;
  /** Bytes held before the last call of `open`. */
  #heldBefore = 0;
  /** Its message is over: it is kept only to be known again. */
  #isPast = false;

  constructor(protected readonly limits: SectionLimits, protected readonly leniency: Leniency) {
    super();
  }

  /** Forgets the section. Memory of usual size is kept for the next one. */
  override reset(): void {
    super.reset();
    this.scanned = 0;
    this.edition++;
    this.#isPast = false;
    if (this.#held === null) return;
    this.#held.clear();
    if (this.#held.bytes.length > MAX_IDLE_HOLD_BYTES) this.#held = null;
  }

  /**
   * Its message is over. Empty from here on, but what it was is remembered for {@link recurs} where it lies in memory of
   * its own, of usual size.
   */
  retire(): void {
    if (this.#isHeld && this.fieldsEnd > 0 && this.bytes.length <= MAX_IDLE_HOLD_BYTES) this.#isPast = true;
    else this.reset();
  }

  /**
   * Whether the bytes begin with those of the section that was retired, its end included: then it is what it was, without
   * a scan. Otherwise it is forgotten.
   */
  recurs(bytes: Uint8Array, at: number): boolean {
    if (!this.#isPast) return false;
    const { bytes: known, fieldsEnd: length } = this;
    const end = at + length;
    let same = 0;
    if (end + 2 <= bytes.length && bytes[end] === CR && bytes[end + 1] === LF) {
      while (same < length && bytes[at + same] === known[same]) same++;
    }
    if (same === length) this.#isPast = false;
    else this.reset();
    return same === length;
  }

  /** Forgets the section for good: its memory goes to other connections. Whoever still looks at it finds no line. */
  release(): void {
    super.reset();
    this.#isPast = false;
    if (this.#held === null) return;
    giveSink(this.#held);
    this.#held = null;
  }

  /** True when nothing of the section has arrived. */
  get isEmpty(): boolean {
    return this.#isPast || this.#held === null || this.#held.length === 0;
  }

  /** True when all of the section has arrived, until its message is over. */
  get isWhole(): boolean {
    return this.fieldsEnd > 0 && !this.#isPast;
  }

  /** Moves the section to memory of its own, so that the array it came in may be reused. */
  keep(): void {
    if (this.#isHeld || this.fieldsEnd === 0) return;
    this.#hold(this.bytes, this.start, this.start + this.fieldsEnd);
  }

  /** Makes what is held and the new bytes one piece. Returns the end of the section's bytes in {@link bytes}. */
  open(bytes: Uint8Array, at: number): number {
    let to = bytes.length;
    if (this.isEmpty) {
      this.bytes = bytes;
      this.start = at;
      this.#heldBefore = 0;
    } else {
      this.#heldBefore = this.#held!.length;
      // One byte above the limit is enough to see that it is passed.
      const room = Math.max(0, this.limits.maxBytes + 1 - this.#heldBefore);
      to = this.#hold(bytes, at, Math.min(to, at + room));
    }
    this.lineArrived = this.#heldBefore === 0 || this.bytes.subarray(this.#heldBefore, to).includes(LF);
    if (this.#view.buffer !== this.bytes.buffer) this.#view = new DataView(this.bytes.buffer);
    return to;
  }

  /** Bytes of the array last given to {@link open} that lie before `next`, an index that a scan returned. */
  taken(next: number): number {
    return this.#isHeld ? next - this.#heldBefore : next - this.start;
  }

  /** After {@link NEED_MORE}: saves the bytes before the caller reuses its array. */
  suspend(to: number): void {
    if (!this.#isHeld) this.#hold(this.bytes, this.start, to);
  }

  /**
   * Scans field lines up to and including the empty line.
   * @param to end of the bytes, as {@link open} gave it.
   * @returns index in {@link bytes} after the section, {@link NEED_MORE} or {@link FAILED}.
   */
  scanFields(to: number): number {
    if (!this.lineArrived) return this.incomplete(to);
    const bytes = this.bytes;
    const start = this.start;
    let at = start + this.scanned;
    for (;;) {
      const lineStart = at;
      while (at < to && TOKEN[bytes[at]!] === 1) at++;
      if (at === to) return this.incomplete(to);
      const nameEnd = at;
      if (bytes[at] !== COLON || at === lineStart) {
        if (at === lineStart) return this.#sectionEnd(at, to);
        at = this.#colonAfterSpace(at, to);
        if (at < 0) return this.lineFailed("bad_field_name", nameEnd, to);
      }
      at++;
      while (at < to && (bytes[at] === SP || bytes[at] === HTAB)) at++;
      const valueStart = at;
      at = this.skipValue(at, to);
      let lineEnd = at + 2;
      if (lineEnd > to || bytes[at] !== CR || bytes[at + 1] !== LF) {
        if (!this.isBareLf(at, to)) return this.#noLineEnd(at, to);
        lineEnd = at + 1;
      }
      let valueEnd = at;
      while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) {
        valueEnd--;
      }
      const isBare = lineEnd === at + 1;
      at = lineEnd;
      if (at - start > this.limits.maxBytes) return this.fail(this.limits.tooLarge);
      if (this.count === this.limits.maxFields) return this.fail("too_many_fields");
      let id = fieldIdOf(bytes, lineStart, nameEnd);
      if (isBare || bytes[nameEnd] !== COLON) id |= REWRITE;
      this.add(id, lineStart - start, nameEnd - start, valueStart - start, valueEnd - start);
      this.scanned = at - start;
    }
  }

  /** Index of the first byte from `at` on that no field value may hold, or `to`. */
  protected skipValue(at: number, to: number): number {
    const bytes = this.bytes;
    at = skipVisible(bytes, this.#view, at, to);
    while (at < to && bytes[at] === HTAB) at = skipVisible(bytes, this.#view, at + 1, to);
    return at;
  }

  /** Whether a line ends at `at` by an LF alone, and may. */
  protected isBareLf(at: number, to: number): boolean {
    return at < to && this.bytes[at] === LF && this.leniency.takesBareLf;
  }

  /** Notes what is wrong. */
  protected fail(code: CodecErrorCode): number {
    this.errorCode = code;
    return FAILED;
  }

  /** A line goes on after the bytes: fine unless the section is already too large. */
  protected incomplete(to: number): number {
    return to - this.start >= this.limits.maxBytes ? this.fail(this.limits.tooLarge) : NEED_MORE;
  }

  /** A line has a mistake at `at`: told once its LF is there, and only if its size is not the larger mistake. */
  protected lineFailed(code: CodecErrorCode, at: number, to: number): number {
    const end = this.bytes.indexOf(LF, at);
    if (end < 0 || end >= to) return this.incomplete(to);
    if (end + 1 - this.start > this.limits.maxBytes) return this.fail(this.limits.tooLarge);
    return this.fail(code);
  }

  #sectionEnd(at: number, to: number): number {
    const byte = this.bytes[at];
    if (byte === SP || byte === HTAB) return this.lineFailed("obs_fold", at, to);
    if (this.isBareLf(at, to)) return this.#endAt(at, at + 1);
    if (byte === LF) return this.lineFailed("bare_lf", at, to);
    if (byte !== CR) return this.lineFailed("bad_field_name", at, to);
    if (at + 1 === to) return this.incomplete(to);
    if (this.bytes[at + 1] !== LF) return this.lineFailed("bare_cr", at, to);
    return this.#endAt(at, at + 2);
  }

  /** The empty line stands there. */
  #endAt(at: number, end: number): number {
    if (end - this.start > this.limits.maxBytes) return this.fail(this.limits.tooLarge);
    this.fieldsEnd = at - this.start;
    return end;
  }

  /** Index of the colon where only white space stands before it and that is allowed, else -1. */
  #colonAfterSpace(at: number, to: number): number {
    if (!this.leniency.trimsNames) return -1;
    while (at < to && (this.bytes[at] === SP || this.bytes[at] === HTAB)) at++;
    return at < to && this.bytes[at] === COLON ? at : -1;
  }

  /** No line ends where a value does. A mistake at the end of the bytes is told when the LF is there. */
  #noLineEnd(at: number, to: number): number {
    const byte = this.bytes[at];
    if (at === to || (at + 1 === to && byte === CR)) return this.incomplete(to);
    const code = byte === LF ? "bare_lf" : byte === CR ? "bare_cr" : "bad_field_value";
    return this.lineFailed(code, at, to);
  }

  get #isHeld(): boolean {
    return this.#held !== null && this.bytes === this.#held.bytes;
  }

  /** Adds to the memory of its own and lies in that from here on. Returns the length of what is held. */
  #hold(bytes: Uint8Array, from: number, to: number): number {
    this.#held ??= takeSink();
    this.#held.copy(bytes, from, to);
    this.bytes = this.#held.bytes;
    this.start = 0;
    return this.#held.length;
  }
}
