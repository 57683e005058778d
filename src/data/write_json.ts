import type { ByteSink } from "./byte_sink.ts";
import { writeInteger, writeMilliseconds } from "./write_number.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TILDE = 0x7e;

const encoder = new TextEncoder();

let secondOfPrefix = -1;
let timePrefix = "";

/**
 * Appends a key and a JSON string.
 * @param key what stands before the value, as it is written: comma, quotes and colon included.
 */
export function writeText(out: ByteSink, key: string, value: string | null): void {
  out.text(key);
  if (value === null) return out.text("null");
  const count = value.length;
  out.reserve(count + 2);
  const { bytes } = out;
  let at = out.length;
  bytes[at++] = QUOTE;
  for (let index = 0; index < count; index++) {
    const code = value.charCodeAt(index);
    // What has to be escaped, and what is not ASCII, is rare.
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) {
      return out.append(encoder.encode(JSON.stringify(value)));
    }
    bytes[at++] = code;
  }
  bytes[at++] = QUOTE;
  out.length = at;
}

/** Appends a key and a whole number. */
export function writeCount(out: ByteSink, key: string, value: number | null): void {
  out.text(key);
  if (value === null) out.text("null");
  else writeInteger(out, value);
}

/** Appends a key and a time in milliseconds. */
export function writeDuration(out: ByteSink, key: string, value: number | null): void {
  out.text(key);
  if (value === null) out.text("null");
  else writeMilliseconds(out, value);
}

/** Begins a record with its time, as `Date.toISOString` has it; the part up to the second is kept from call to call. */
export function writeTime(out: ByteSink, ts: number): void {
  const second = Math.floor(ts / 1000);
  if (second !== secondOfPrefix) {
    secondOfPrefix = second;
    timePrefix = `{"ts":"${new Date(second * 1000).toISOString().slice(0, 20)}`;
  }
  const millis = Math.floor(ts - second * 1000);
  out.text(timePrefix);
  if (millis < 100) out.text(millis < 10 ? "00" : "0");
  writeInteger(out, millis);
  out.text('Z"');
}
