/** Runs shorter than this are copied in a loop, which is quicker than making a view for `set` (measured). */
const LOOP_MAX_BYTES = 48;

/**
 * A growing array of bytes that is filled from the front and used again. What {@link ByteSink.view} gives is valid
 * until the next call.
 */
export class ByteSink {
  /** The memory; only the first {@link length} bytes are written. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes written. */
  length = 0;

  constructor(initialBytes = 4096) {
    this.bytes = new Uint8Array(initialBytes);
  }

  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** What was written, without a copy. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Appends a whole array. */
  append(source: Uint8Array): void {
    const length = this.length;
    this.reserve(source.length);
    this.bytes.set(source, length);
    this.length = length + source.length;
  }

  /** Appends `source` from `start` (included) to `end` (excluded). */
  copy(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (count <= 0) return;
    this.reserve(count);
    const bytes = this.bytes;
    const length = this.length;
    if (count < LOOP_MAX_BYTES) {
      for (let at = 0; at < count; at++) bytes[length + at] = source[start + at]!;
    } else {
      bytes.set(source.subarray(start, end), length);
    }
    this.length = length + count;
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends a short string, one byte a character; the caller answers for characters up to U+00FF. */
  text(text: string): void {
    const count = text.length;
    this.reserve(count);
    const bytes = this.bytes;
    const length = this.length;
    for (let at = 0; at < count; at++) bytes[length + at] = text.charCodeAt(at);
    this.length = length + count;
  }

  /** Makes room for that many more bytes: {@link bytes} may be another array afterwards. */
  reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
