import type { ByteSink } from "./byte_sink.ts";

const ZERO = 0x30;
const POINT = 0x2e;
/** Up to here a number is taken apart as a small integer, which is quick. */
const MAX_QUICK = 0x3fffffff;

/** Appends a whole number as decimal digits, without making a string of it. */
export function writeInteger(out: ByteSink, value: number): void {
  if (!(value >= 0 && value <= MAX_QUICK)) return out.text(String(value));
  let unit = 1;
  while (value >= unit * 10) unit *= 10;
  for (let rest = value; unit >= 1; unit = (unit / 10) | 0) {
    const digit = (rest / unit) | 0;
    out.byte(ZERO + digit);
    rest -= digit * unit;
  }
}

/** Appends a time in milliseconds: rounded to three decimals, of which zeros at the end are left out. */
export function writeMilliseconds(out: ByteSink, value: number): void {
  const micros = Math.round(value * 1000);
  if (!(micros >= 0)) return out.text(String(micros / 1000));
  const whole = Math.floor(micros / 1000);
  writeInteger(out, whole);
  let rest = micros - whole * 1000;
  if (rest === 0) return;
  out.byte(POINT);
  for (let unit = 100; rest > 0; unit = (unit / 10) | 0) {
    const digit = (rest / unit) | 0;
    out.byte(ZERO + digit);
    rest -= digit * unit;
  }
}
