/** A number of 16 bits as it goes over the wire: the high byte first. */
export function u16(value: number): [number, number] {
  return [value >>> 8 & 0xff, value & 0xff];
}

/** A number of 32 bits. */
export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)];
}

/** A number of 48 bits: seconds since the Unix epoch in TSIG records. */
export function u48(value: number): number[] {
  return [...u16(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];
}
