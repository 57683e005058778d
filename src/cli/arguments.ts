import { InvalidArgumentError } from "commander";
import { DURATION_FORMS, parseDuration } from "../base/duration.ts";
import { errorMessage } from "../base/errors.ts";
import { parseSize } from "../base/size.ts";
import {
  type HostPort,
  type ListenAddress,
  parseListenAddress,
  parseTargetAddress,
} from "../model/host_port.ts";

/**
 * An argument parser for commander from one that throws. The result throws `InvalidArgumentError` with the same
 * message, which commander reports as wrong usage.
 */
export function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(errorMessage(error));
    }
  };
}

/** Reads where to connect to: a host and a port. */
export const targetArgument: (text: string) => HostPort = argument(parseTargetAddress);

/** Reads where to listen, also as `:PORT`, which Go's tools taught people; port 0 lets the system choose. */
export const listenArgument: (text: string) => ListenAddress = argument((text) =>
  parseListenAddress(/^:\d+$/.test(text) ? text.slice(1) : text)
);

/** Reads a size: bytes. */
export const sizeArgument: (text: string) => number = argument(parseSize);

/** Reads a duration above zero: milliseconds. */
export const durationArgument: (text: string) => number = argument((text) => {
  const durationMs = parseDuration(text);
  if (durationMs === 0) throw new RangeError(`"${text}" is no time at all: write ${DURATION_FORMS}`);
  return durationMs;
});

/** Reads a whole number in a range, both ends included. */
export function countArgument(least: number, most: number): (text: string) => number {
  return argument((text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < least || count > most) {
      throw new RangeError(`"${text}" is not a whole number from ${least} to ${most}`);
    }
    return count;
  });
}

/** Reads a switch that may be written `--flag`, `--flag=true` or `--flag=false`. */
export const booleanArgument: (text: string) => boolean = argument((text) => {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new RangeError(`"${text}" is neither true nor false`);
});
