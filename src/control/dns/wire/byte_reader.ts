import { WireError } from "./wire_error.ts";

/** Reads a message from front to back; numbers are big-endian. Every method throws {@link WireError} at its end. */
export class ByteReader {
  constructor(
    readonly bytes: Uint8Array,
    /** Where the next byte is read. */
    public at = 0,
  ) {}

  u8(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new WireError(`the message ends after ${this.bytes.length} bytes`);
    return byte;
  }

  u16(): number {
    return this.u8() << 8 | this.u8();
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** So many bytes, as a view. */
  take(count: number): Uint8Array {
    const end = this.at + count;
    if (end > this.bytes.length) {
      throw new WireError(`the message ends after ${this.bytes.length} bytes`);
    }
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}
