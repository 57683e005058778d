import { isIP } from "node:net";
import * as z from "zod";
import { parseHex } from "../base/hex.ts";
import { duration, reading, wholeNumber } from "./config_values.ts";

/** The keys under `health_check` of an app and of a target, and how their values are read. */

/** Kinds of probe; the parts that do the work are registered in `control/availability/probes`. */
export const PROBE_TYPES = ["tcp", "http", "tls", "dns", "exec", "agent"] as const;

/** One of {@link PROBE_TYPES}. */
export type ProbeType = typeof PROBE_TYPES[number];

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;
const LEAST_INTERVAL_MS = 100;
const MAX_TEXT = 4096;

const interval = duration(LEAST_INTERVAL_MS, DAY_MS);
const AUTO_INTERVAL = 'expected "auto" or a duration from "100ms" to "1d"';
const otherInterval = z.union([z.literal("auto"), interval], { error: AUTO_INTERVAL });

const SHARE = /^(\d{1,2}|100)%$/;
const SHARE_FORMS = 'expected a share such as "10%"';
const share = z.string({ error: SHARE_FORMS }).regex(SHARE, { error: SHARE_FORMS })
  .meta({ pattern: `${SHARE.source}|\\$\\{` })
  .transform((text) => Number(text.slice(0, -1)) / 100);

const text = z.string().max(MAX_TEXT, { error: `must have at most ${MAX_TEXT} characters` });
const HEX_FORMS = 'expected bytes in hexadecimal, such as "50 49 4e 47"';
const hex = z.string({ error: HEX_FORMS }).max(2 * MAX_TEXT).transform(reading(parseHex));
const sent = z.union([text, z.strictObject({ hex: hex.describe("Bytes in hexadecimal.") })], {
  error: "expected text, or { hex }",
});
const expected = z.union([
  text,
  z.strictObject({ hex: hex.describe("Bytes in hexadecimal.") }),
  z.strictObject({ regex: text.describe("Regular expression in the syntax of RE2.") }),
], { error: "expected text, { hex } or { regex }" });

const STATUSES = /^[1-5]\d\d(-[1-5]\d\d)?$/;
const STATUS_FORMS = 'expected a status such as 200, or a range such as "200-299"';
const statuses = z.union([
  wholeNumber(100, 599).transform((status) => ({ first: status, last: status })),
  z.string().regex(STATUSES, { error: STATUS_FORMS }).meta({ pattern: `${STATUSES.source}|\\$\\{` })
    .transform((range) => {
      const [first = "", last = first] = range.split("-");
      return { first: Number(first), last: Number(last) };
    })
    .refine(({ first, last }) => first <= last, { error: "has the larger status first" }),
], { error: STATUS_FORMS });

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const PATH = /^\/[\x21-\x7e]*$/;
const header = z.string().regex(FIELD_VALUE, { error: "must be one line of text" });
const IP_FORMS = 'expected an IP address such as "10.0.0.2"';
const ip = z.string({ error: IP_FORMS }).refine((text) => isIP(text) !== 0, { error: IP_FORMS });

/** What each key takes; which of them are left out is told by the schemas below. */
const keys = {
  type: z.enum(PROBE_TYPES).describe(
    "What is done to see how a target is, see [availability](availability.md): `tcp` connects, `http` sends a request, " +
      "`tls` makes a handshake, `dns` asks for a name, `exec` runs a program, `agent` reads what an agent on the target says.",
  ),
  interval: interval.describe("Time from one probe of a target to the next. 100ms to 1d."),
  jitter: share.describe(
    "Each interval is shortened by chance by up to this share, so that several proxies do not probe in step.",
  ),
  timeout: z.union([z.literal("auto"), duration(1, DAY_MS)], {
    error: 'expected "auto" or a duration such as "1s"',
  }).describe(
    "A probe that has no result by then has failed. At most the shortest interval; `auto` is that, and at most 1s.",
  ),
  healthy_threshold: wholeNumber(1, 255).describe(
    "Probes in a row that must pass before a target that is down is up.",
  ),
  unhealthy_threshold: wholeNumber(1, 255).describe(
    "Probes in a row that must fail before a target that is up is down.",
  ),
  unhealthy_interval: otherInterval.describe(
    "As `interval`, while the target is down; `auto` is `interval`.",
  ),
  no_traffic_interval: otherInterval.describe(
    "As `interval`, while the target is up and had no session since the last probe; `auto` is `interval`.",
  ),
  port: z.union([z.literal("auto"), wholeNumber(1, 65_535)], {
    error: 'expected "auto" or a port, 1 to 65535',
  })
    .describe("Port that is probed; `auto` is the target's."),
  address: z.union([z.literal("auto"), ip], { error: 'expected "auto" or an IP address' })
    .describe("IP address that is probed; `auto` is the target's addresses, one of which has to pass."),
  initial_status: z.enum(["up", "down", "unknown"]).describe(
    "What a new target is taken for: `unknown` takes sessions until its first probe decides, `up` takes sessions until " +
      "`unhealthy_threshold` probes have failed, `down` takes none until `healthy_threshold` have passed.",
  ),
  send: sent.describe(
    "Type `tcp` and `agent`: what is sent once the connection is open; empty sends nothing.",
  ),
  expect: expected.describe(
    "Type `tcp`: what has to be somewhere in the first 64 KiB of the answer; empty expects nothing.",
  ),
  scheme: z.enum(["auto", "http", "https"]).describe(
    "Type `http`: `auto` is that of the target's URL, `http` for a target without one.",
  ),
  method: z.string().max(32).regex(TOKEN, { error: "expected a method such as GET" }).describe(
    "Type `http`: method.",
  ),
  path: z.string().max(MAX_TEXT).regex(PATH, { error: 'expected a path such as "/health"' }).describe(
    "Type `http`: path and query, put after the path of the target's URL.",
  ),
  host: z.string().max(255).regex(/^[\x21-\x7e]*$/, { error: "expected a host" }).describe(
    "Type `http`: the `Host` field. Type `tls`, and `http` over TLS: the name that is asked for and looked for in the " +
      "certificate. Empty is the target's own.",
  ),
  headers: z.record(z.string().regex(TOKEN, { error: "must be the name of a header field" }), header, {
    error: "expected an object of names and text values",
  }).describe("Type `http`: more header fields."),
  expected_status: z.array(statuses, { error: "expected a list of statuses" }).min(1, {
    error: "needs at least one status",
  }).describe('Type `http`: statuses that pass, as in `[200, "300-399"]`.'),
  body_match: text.describe(
    "Type `http`: regular expression in the syntax of RE2, which has to match somewhere in the first 64 KiB of the body; " +
      "empty takes any body.",
  ),
  insecure_skip_verify: z.boolean().describe("Type `tls`, and `http` over TLS: takes any certificate."),
  min_days: wholeNumber(0, 3650).describe(
    "Type `tls`, and `http` over TLS: fails when the certificate runs out within so many days.",
  ),
  query: z.string().max(253).regex(/^[\x21-\x7e]*$/, { error: "expected a name" }).describe(
    "Type `dns`: name that the target is asked for over TCP; it passes by an answer with an address in it. Empty: the " +
      "target passes as long as its own name resolves.",
  ),
  command: z.array(text, { error: "expected a list: the program and its arguments" }).describe(
    "Type `exec`: program and arguments, run without a shell; exit code 0 passes.",
  ),
};

const builtIn = {
  type: "tcp",
  interval: "2s",
  jitter: "10%",
  timeout: "auto",
  healthy_threshold: 2,
  unhealthy_threshold: 3,
  unhealthy_interval: "auto",
  no_traffic_interval: "auto",
  port: "auto",
  address: "auto",
  initial_status: "unknown",
  send: "",
  expect: "",
  scheme: "auto",
  method: "GET",
  path: "/",
  host: "",
  headers: {},
  expected_status: ["200-299"],
  body_match: "",
  insecure_skip_verify: false,
  min_days: 0,
  query: "",
  command: [],
} as const;

const settings = z.strictObject({
  type: keys.type.prefault(builtIn.type),
  interval: keys.interval.prefault(builtIn.interval),
  jitter: keys.jitter.prefault(builtIn.jitter),
  timeout: keys.timeout.prefault(builtIn.timeout),
  healthy_threshold: keys.healthy_threshold.prefault(builtIn.healthy_threshold),
  unhealthy_threshold: keys.unhealthy_threshold.prefault(builtIn.unhealthy_threshold),
  unhealthy_interval: keys.unhealthy_interval.prefault(builtIn.unhealthy_interval),
  no_traffic_interval: keys.no_traffic_interval.prefault(builtIn.no_traffic_interval),
  port: keys.port.prefault(builtIn.port),
  address: keys.address.prefault(builtIn.address),
  initial_status: keys.initial_status.prefault(builtIn.initial_status),
  send: keys.send.prefault(builtIn.send),
  expect: keys.expect.prefault(builtIn.expect),
  scheme: keys.scheme.prefault(builtIn.scheme),
  method: keys.method.prefault(builtIn.method),
  path: keys.path.prefault(builtIn.path),
  host: keys.host.prefault(builtIn.host),
  headers: keys.headers.prefault(builtIn.headers),
  expected_status: keys.expected_status.prefault([...builtIn.expected_status]),
  body_match: keys.body_match.prefault(builtIn.body_match),
  insecure_skip_verify: keys.insecure_skip_verify.prefault(builtIn.insecure_skip_verify),
  min_days: keys.min_days.prefault(builtIn.min_days),
  query: keys.query.prefault(builtIn.query),
  command: keys.command.prefault([...builtIn.command]),
});

/** `health_check` of an app. */
export const healthCheck = z.union([z.literal(false), settings], {
  error: "expected false, or a health check { type, interval, ... }",
});

/** `health_check` of a target: what it has of its own; the rest is its app's. */
export const targetHealthCheck = z.union([z.literal(false), z.strictObject(keys).partial()], {
  error: "expected false, or what differs from the app's health check { type, interval, ... }",
});

/** A health check with every key. */
export type HealthCheckConfig = z.output<typeof settings>;
/** What a target says of its own. */
export type TargetHealthCheck = z.output<typeof targetHealthCheck>;

const BUILT_IN = settings.parse({});
/** `timeout: auto`, milliseconds. */
const AUTO_TIMEOUT_MS = SECOND_MS;

/** The health check of a target: its own settings over those of its app; null for none. */
export function mergeHealthCheck(
  app: HealthCheckConfig | false,
  own: TargetHealthCheck | undefined,
): HealthCheckConfig | null {
  if (own === false || app === false && own === undefined) return null;
  // Only keys that are written are there.
  return { ...(app === false ? BUILT_IN : app), ...own } as HealthCheckConfig;
}

/** The shortest time between two probes, milliseconds: no probe may take longer. */
export function shortestInterval(check: HealthCheckConfig): number {
  const { unhealthy_interval, no_traffic_interval } = check;
  return Math.min(
    check.interval,
    unhealthy_interval === "auto" ? Infinity : unhealthy_interval,
    no_traffic_interval === "auto" ? Infinity : no_traffic_interval,
  );
}

/** How long a probe may take, milliseconds. */
export function probeTimeout(check: HealthCheckConfig): number {
  return check.timeout === "auto" ? Math.min(AUTO_TIMEOUT_MS, shortestInterval(check)) : check.timeout;
}
