import { CR, LF, SP } from "./chars.ts";
import type { CodecErrorCode } from "./codec_error.ts";
import { FieldId } from "./field_id.ts";
import { type Leniency, NEED_MORE } from "./field_section.ts";
import type { HttpLimits } from "./http_limits.ts";
import { MessageHead, VERSION_BYTES } from "./message_head.ts";

const UPPER_H = 0x48;
/** A space and three digits. */
const STATUS_BYTES = 4;
const USUAL: Leniency = { trimsNames: true, takesBareLf: false };
const LENIENT: Leniency = { trimsNames: true, takesBareLf: true };

/** Head of an endpoint's response. All offsets count from {@link MessageHead.start}. */
export class ResponseHead extends MessageHead {
  /** 100 to 999; above 599 it is to be taken as a 5xx (RFC 9110 section 15). */
  status = 0;
  /** Offset after the three digits of the status. */
  statusEnd = 0;
  /** Offset after the reason phrase; from {@link statusEnd} on stand a space and the phrase, or nothing. */
  reasonEnd = 0;

  /** @param takesBareLf its lines may end in LF alone. */
  constructor(limits: HttpLimits, takesBareLf: boolean) {
    super(limits, takesBareLf ? LENIENT : USUAL);
  }

  /** Whether the status line ends in LF alone. */
  get hasBareStatusLine(): boolean {
    return this.fieldsStart === this.reasonEnd + 1;
  }

  override reset(): void {
    super.reset();
    this.status = 0;
    this.statusEnd = 0;
    this.reasonEnd = 0;
  }

  /** The reason phrase, often empty. */
  get reason(): string {
    return this.slice(Math.min(this.statusEnd + 1, this.reasonEnd), this.reasonEnd);
  }

  /** True for 100 to 199: another head follows, except after a 101. */
  get interim(): boolean {
    return this.status < 200;
  }

  /**
   * Scans on from where the last call stopped.
   * @param to end of the bytes, as `open` gave it.
   * @param toHead true when the request was a HEAD: there is no body whatever the fields say.
   * @returns index after the head, or `NEED_MORE`, or `FAILED`.
   */
  scan(to: number, toHead: boolean): number {
    if (this.fieldsStart === 0) {
      const next = this.#scanStatusLine(to);
      if (next < 0) return next;
      this.fieldsStart = next - this.start;
      this.scanned = this.fieldsStart;
    }
    const next = this.scanFields(to);
    if (next < 0) return next;
    const error = this.#settle(toHead);
    return error === null ? next : this.fail(error);
  }

  /** A body that the status forbids was announced: what follows on the connection cannot be trusted. */
  get announcesForbiddenBody(): boolean {
    if (this.status !== 204 && !this.interim) return false;
    return this.contentLength > 0 || (this.seen & (1 << FieldId.transferEncoding)) !== 0;
  }

  #scanStatusLine(to: number): number {
    if (!this.lineArrived) return this.startLineIncomplete(to);
    const bytes = this.bytes;
    const start = this.start;
    if (start === to) return NEED_MORE;
    if (bytes[start] !== UPPER_H) return this.fail("bad_start");
    const badVersion = to - start < VERSION_BYTES ? "bad_version" : this.readVersion(start);
    if (badVersion !== null) return this.startLineFailed(badVersion, start, to);
    let at = start + VERSION_BYTES + STATUS_BYTES;
    const status = at > to ? -1 : this.#readStatus(start + VERSION_BYTES);
    if (status < 0) return this.startLineFailed("bad_status_line", start, to);
    if (at < to && bytes[at] === SP) at = this.skipValue(at + 1, to);
    const isBareLf = this.isBareLf(at, to);
    if (!isBareLf && (to - at < 2 || bytes[at] !== CR || bytes[at + 1] !== LF)) {
      const code = at < to && bytes[at] === LF ? "bare_lf" : "bad_status_line";
      return this.startLineFailed(code, start, to);
    }
    this.status = status;
    this.statusEnd = VERSION_BYTES + STATUS_BYTES;
    this.reasonEnd = at - start;
    at += isBareLf ? 1 : 2;
    return at - start > this.maxStartLineBytes ? this.fail("uri_too_long") : at;
  }

  /** Reads a space and three digits; -1 when they are not that. */
  #readStatus(at: number): number {
    if (this.bytes[at] !== SP) return -1;
    let status = 0;
    for (let index = at + 1; index < at + 4; index++) {
      const digit = this.bytes[index]! - 0x30;
      if (digit < 0 || digit > 9) return -1;
      status = status * 10 + digit;
    }
    return status >= 100 ? status : -1;
  }

  #settle(toHead: boolean): CodecErrorCode | null {
    this.readConnection();
    const error = this.readFraming();
    if (error !== null) return error;
    if (toHead || this.status < 200 || this.status === 204 || this.status === 304) this.framing = "none";
    else if (this.framing === "none") this.framing = "close";
    return null;
  }
}
