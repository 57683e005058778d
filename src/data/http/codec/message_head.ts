import { LF } from "./chars.ts";
import type { CodecErrorCode } from "./codec_error.ts";
import { ConnectionOption, connectionOptions } from "./connection_options.ts";
import { equalsLower } from "./equals_lower.ts";
import { FieldId, mayBeNominated } from "./field_id.ts";
import { ID_MASK, Line, LINE_STRIDE } from "./field_lines.ts";
import { FieldSection, type Leniency, NEED_MORE } from "./field_section.ts";
import type { HttpLimits } from "./http_limits.ts";
import { latin1Bytes } from "./latin1.ts";

/** How the end of a body is found (RFC 9112 section 6.3). */
export type Framing = "none" | "length" | "chunked" | "close";

/** Length of `HTTP/1.1`. */
export const VERSION_BYTES = 8;

/** Most digits of a Content-Length: below 2^53, so that every count stays exact. */
const MAX_LENGTH_DIGITS = 15;
/** More leading zeros than this are nobody's honest way to write a number. */
const MAX_LENGTH_BYTES = 32;
const CHUNKED = "chunked";
const CHUNKED_BYTES = latin1Bytes(CHUNKED);

/**
 * What requests and responses have in common. A head belongs to its parser and is valid until that begins the next
 * message; its bytes are valid until the caller reuses its array, unless {@link FieldSection.keep} is called.
 */
export class MessageHead extends FieldSection {
  /** 0 for HTTP/1.0; 1 for HTTP/1.1 and any later minor version, which must be spoken to as 1.1. */
  minorVersion = 1;
  /** How the end of the body is found. */
  framing: Framing = "none";
  /** Value of Content-Length, or -1 where there is none. */
  contentLength = -1;
  /** Bits of `ConnectionOption`. */
  connection = 0;

  /** Start line with its CRLF, bytes; never more than the whole head may have. */
  protected readonly maxStartLineBytes: number;

  constructor(limits: HttpLimits, leniency: Leniency) {
    const { maxHeadBytes, maxFields } = limits;
    super({ maxBytes: maxHeadBytes, maxFields, tooLarge: "head_too_large" }, leniency);
    this.maxStartLineBytes = Math.min(limits.maxStartLineBytes, maxHeadBytes);
  }

  override reset(): void {
    super.reset();
    this.minorVersion = 1;
    this.framing = "none";
    this.contentLength = -1;
    this.connection = 0;
  }

  /** True when the sender lets the connection go on after this message (RFC 9112 section 9.3). */
  get persistent(): boolean {
    if ((this.connection & ConnectionOption.close) !== 0) return false;
    return this.minorVersion === 1 || (this.connection & ConnectionOption.keepAlive) !== 0;
  }

  /** Marks what `Connection` names, so that whoever forwards the head finds it among the known lines. */
  protected readConnection(): void {
    const options = connectionOptions(this);
    this.connection = options.bits;
    if (options.nominated === null) return;
    for (let line = 0; line < this.count; line++) {
      const id = this.lines[line * LINE_STRIDE + Line.id]!;
      if (!mayBeNominated(id & ID_MASK)) continue;
      if (options.nominated.has(this.name(line).toLowerCase())) this.mark(line, FieldId.nominated);
    }
  }

  /**
   * Sets {@link framing} and {@link contentLength} from the fields. Anything that two readers could read in two ways is
   * an error; so Content-Length beside Transfer-Encoding is, and the same length given twice.
   */
  protected readFraming(): CodecErrorCode | null {
    const hasLength = (this.seen & (1 << FieldId.contentLength)) !== 0;
    const hasEncoding = (this.seen & (1 << FieldId.transferEncoding)) !== 0;
    if (hasEncoding) {
      if (hasLength) return "length_with_encoding";
      return this.#readEncoding();
    }
    if (!hasLength) return null;
    if ((this.repeated & (1 << FieldId.contentLength)) !== 0) return "duplicate_length";
    return this.#readLength();
  }

  #readEncoding(): CodecErrorCode | null {
    if (this.minorVersion === 0) return "encoding_in_http10";
    const repeated = (this.repeated & (1 << FieldId.transferEncoding)) !== 0;
    if (!repeated && this.#isChunked(this.find(FieldId.transferEncoding) * LINE_STRIDE)) {
      this.framing = "chunked";
      return null;
    }
    const codings = (this.get("transfer-encoding") ?? "").toLowerCase().split(",").map((coding) =>
      coding.trim()
    );
    if (codings.at(-1) !== CHUNKED || codings.indexOf(CHUNKED) !== codings.length - 1) {
      return "encoding_not_chunked";
    }
    return codings.includes("") ? "encoding_not_chunked" : "unknown_encoding";
  }

  #isChunked(at: number): boolean {
    const { start, lines } = this;
    return equalsLower(
      this.bytes,
      start + lines[at + Line.valueStart]!,
      start + lines[at + Line.valueEnd]!,
      CHUNKED_BYTES,
    );
  }

  #readLength(): CodecErrorCode | null {
    const at = this.find(FieldId.contentLength) * LINE_STRIDE;
    const start = this.start + this.lines[at + Line.valueStart]!;
    const end = this.start + this.lines[at + Line.valueEnd]!;
    if (end === start || end - start > MAX_LENGTH_BYTES) return "bad_length";
    let length = 0;
    let digits = 0;
    for (let index = start; index < end; index++) {
      const digit = this.bytes[index]! - 0x30;
      if (digit < 0 || digit > 9) return "bad_length";
      length = length * 10 + digit;
      if (length > 0) digits++;
    }
    if (digits > MAX_LENGTH_DIGITS) return "bad_length";
    this.contentLength = length;
    this.framing = "length";
    return null;
  }

  /** A start line goes on after the bytes: fine unless it is already too long. */
  protected startLineIncomplete(to: number): number {
    return to - this.start >= this.maxStartLineBytes ? this.fail("uri_too_long") : NEED_MORE;
  }

  /** A start line has a mistake at or after `at`: told once its LF is there, and only if it is not too long. */
  protected startLineFailed(code: CodecErrorCode, at: number, to: number): number {
    const end = this.bytes.indexOf(LF, at);
    if (end < 0 || end >= to) return this.startLineIncomplete(to);
    return this.fail(end + 1 - this.start > this.maxStartLineBytes ? "uri_too_long" : code);
  }

  /**
   * Reads `HTTP/1.x` at index `at` of the bytes, of which eight are there.
   * @returns null after setting {@link minorVersion}, or the error.
   */
  protected readVersion(at: number): CodecErrorCode | null {
    const bytes = this.bytes;
    const isHttp = bytes[at] === 0x48 && bytes[at + 1] === 0x54 && bytes[at + 2] === 0x54 &&
      bytes[at + 3] === 0x50;
    if (!isHttp || bytes[at + 4] !== 0x2f || bytes[at + 6] !== 0x2e) return "bad_version";
    const major = bytes[at + 5]! - 0x30;
    const minor = bytes[at + 7]! - 0x30;
    if (major < 0 || major > 9 || minor < 0 || minor > 9) return "bad_version";
    if (major !== 1) return "unsupported_version";
    this.minorVersion = minor === 0 ? 0 : 1;
    return null;
  }
}
