import * as z from "zod";
import {
  DURATION_FORMS,
  DURATION_PATTERN,
  formatDuration,
  MAX_DURATION_MS,
  parseDuration,
} from "../base/duration.ts";
import { errorMessage } from "../base/errors.ts";
import { formatSize, parseSize, SIZE_FORMS, SIZE_PATTERN } from "../base/size.ts";
import { CIDR_FORMS, parseCidr } from "./cidr.ts";
import { ENDPOINT_FORMS, parseTarget } from "./endpoint_url.ts";
import {
  LISTEN_FORMS,
  type ListenAddress,
  parseIpAddress,
  parseListenAddress,
  TARGET_FORMS,
  WILDCARD_IP,
} from "./host_port.ts";

/** The kinds of value that config keys share. Each has an `id`: the type that the reference page names. */

const durationText = z.union(
  [z.number().meta({ const: 0 }), z.string().meta({ pattern: `${DURATION_PATTERN}|^0$|\\$\\{` })],
  {
    error: `expected a duration: ${DURATION_FORMS}`,
  },
).meta({
  id: "Duration",
  description: `A length of time: ${DURATION_FORMS}; parts add up, \`0s\` is zero.`,
});

/** A duration from `leastMs` to `mostMs`; the output is whole milliseconds. */
export function duration(leastMs = 0, mostMs = MAX_DURATION_MS): z.ZodType<number, string | number> {
  const range = mostMs === MAX_DURATION_MS
    ? `must be at least ${formatDuration(leastMs)}`
    : `must be ${formatDuration(leastMs)} to ${formatDuration(mostMs)}`;
  return durationText.transform(reading((value) => {
    const ms = parseDuration(String(value));
    if (ms < leastMs || ms > mostMs) throw new RangeError(`"${value}" is out of range: ${range}`);
    return ms;
  }));
}

const sizeText = z.union(
  [z.int(), z.string().meta({ pattern: `${SIZE_PATTERN}|\\$\\{` })],
  { error: `expected a size: ${SIZE_FORMS}` },
).meta({ id: "Size", description: `A number of bytes: ${SIZE_FORMS}.` });

/** A size up to `mostBytes`; the output is whole bytes. */
export function size(mostBytes: number, leastBytes = 0): z.ZodType<number, string | number> {
  return sizeText.transform(reading((value) => {
    const bytes = parseSize(String(value));
    if (bytes < leastBytes || bytes > mostBytes) {
      const range = `${formatSize(leastBytes)} to ${formatSize(mostBytes)}`;
      throw new RangeError(`"${value}" is out of range: must be ${range}`);
    }
    return bytes;
  }));
}

/** Path of a file. */
export const filePath = z.string({ error: "expected the path of a file" }).meta({
  id: "FilePath",
  description: "Path of a file; a relative one counts from the directory in which the program was started.",
});

/** A whole number in a range, both ends included. */
export function wholeNumber(least: number, most: number): z.ZodInt {
  const error = `must be ${least} to ${most}`;
  return z.int({ error: `expected a whole number, ${least} to ${most}` }).min(least, { error }).max(most, {
    error,
  });
}

/** An address that an app or the admin server listens on. */
export const listenAddress: z.ZodType<ListenAddress, string | number> = z.union([
  wholeNumber(0, 65_535),
  z.string(),
], { error: `expected a listen address: ${LISTEN_FORMS}` }).meta({
  id: "ListenAddress",
  description:
    `Where to listen: ${LISTEN_FORMS}. A bare port listens on \`${WILDCARD_IP}\` (all IPv4 addresses), ` +
    "`[::]:5001` on all addresses of both families, a name on all addresses that it has at the start, of which port 0 " +
    "is the same. Port 0 lets the system choose.",
}).transform(
  reading((value) =>
    typeof value === "number" ? { host: WILDCARD_IP, port: value } : parseListenAddress(value)
  ),
);

/** Where a target is: a host and a port, or for HTTP a URL. */
export const targetAddress = z.string({ error: `expected a target address: ${TARGET_FORMS}` }).meta({
  id: "TargetAddress",
  description:
    `Where to send connections: ${TARGET_FORMS}. In HTTP mode also ${ENDPOINT_FORMS}: port 80 or 443 ` +
    "unless it is written; the path is put before that of each request. The name of a service, such as " +
    "`_pg._tcp.db.example`, has no port: its SRV records say hosts and ports, see [names](names.md).",
}).transform(reading(parseTarget));

/** Address of a DNS server, port 53 unless written. */
export const dnsServer = z.string({ error: "expected an IP address" }).meta({
  id: "DnsServer",
  description:
    'IP address of a DNS server, with a port other than 53 if needed: "10.0.0.2", "[fd00::2]:5353".',
}).transform(reading((value) => {
  const address = parseIpAddress(value, 53);
  if (address.ip !== WILDCARD_IP && address.ip !== "::") return address;
  throw new RangeError(
    `"${value}" means every address of this machine: write one of them, such as "127.0.0.1"`,
  );
}));

/** A range of IP addresses; the output is canonical text. */
export const cidr = z.string({ error: `expected a range of addresses: ${CIDR_FORMS}` }).meta({
  id: "Cidr",
  description: `A range of IP addresses: ${CIDR_FORMS}.`,
}).transform(reading(parseCidr));

/** Text of one line: no control characters, nothing invisible, no space at the ends. */
export function label(mostLength: number): z.ZodString {
  // A check in code, not a pattern of the JSON Schema: there `\p` means something else to many programs.
  return z.string().meta({ minLength: 1 }).max(mostLength, {
    error: `must have at most ${mostLength} characters`,
  })
    .refine((text) => LABEL.test(text), {
      error: "must be text without control characters, and without spaces at its ends",
    });
}

/** As {@link label}, or empty for none. */
export function labelOrNone(mostLength: number): z.ZodType<string, string> {
  return z.string().refine((text) => text === "" || (text.length <= mostLength && LABEL.test(text)), {
    error:
      `must be empty, or text of at most ${mostLength} characters without control characters and spaces at its ends`,
  });
}

const LABEL = /^[^\s\p{C}](?:[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*[^\s\p{C}])?$/u;

/** Turns a parser that throws into a transform that reports. */
export function reading<I, O>(parse: (value: I) => O): (value: I, context: z.RefinementCtx<I>) => O {
  return (value, context) => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: "custom", message: errorMessage(error) });
      return z.NEVER;
    }
  };
}
