import type { ByteSink } from "../../byte_sink.ts";

/** A head that is made here rather than passed on; names and values as they are to be written. */
export type Fields = readonly (readonly [name: string, value: string])[];

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TARGET = /^[!-~]+$/;
// deno-lint-ignore no-control-regex -- the point is to refuse them.
const NOT_A_VALUE = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]|^[ \t]|[ \t]$/;

/**
 * Appends the head of a request, up to and including its empty line.
 * @throws {TypeError} when a part would break the head: control characters, spaces in the target, no token as a name.
 */
export function writeRequestHead(out: ByteSink, method: string, target: string, fields: Fields): void {
  if (!NAME.test(method)) {
    throw new TypeError(`Cannot write a request: method ${JSON.stringify(method)} is no token`);
  }
  if (!TARGET.test(target)) {
    throw new TypeError(`Cannot write a request: bad target ${JSON.stringify(target)}`);
  }
  out.text(`${method} ${target} HTTP/1.1\r\n`);
  writeFields(out, fields);
}

/**
 * Appends the head of a response, up to and including its empty line.
 * @param status 100 to 999.
 * @throws {TypeError} when a part would break the head.
 */
export function writeResponseHead(out: ByteSink, status: number, reason: string, fields: Fields): void {
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new TypeError(`Cannot write a response: status is ${status}, wanted 100 to 999`);
  }
  if (NOT_A_VALUE.test(reason)) {
    throw new TypeError(`Cannot write a response: bad reason ${JSON.stringify(reason)}`);
  }
  out.text(`HTTP/1.1 ${status} ${reason}\r\n`);
  writeFields(out, fields);
}

function writeFields(out: ByteSink, fields: Fields): void {
  for (const [name, value] of fields) {
    if (!NAME.test(name)) {
      throw new TypeError(`Cannot write a field: name ${JSON.stringify(name)} is no token`);
    }
    if (NOT_A_VALUE.test(value)) {
      throw new TypeError(`Cannot write field ${name}: bad value ${JSON.stringify(value)}`);
    }
    out.text(`${name}: ${value}\r\n`);
  }
  out.text("\r\n");
}
