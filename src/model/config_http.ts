import * as z from "zod";
import { duration, filePath, size, wholeNumber } from "./config_values.ts";

/** The keys of an app in HTTP mode, and how their values are read. */

const TERMINAL_FORMS = 'expected a status such as 404, a hundred such as 200, or a range such as "300-399"';
const QUANTILE = /^p([5-9]\d)$/;
const QUANTILE_FORMS = 'expected a duration such as "50ms", or a share of recent answers: "p50" to "p99"';
const SHARE_FORMS = 'expected a share of requests: 0 to 1, or "0%" to "100%"';
const STATUSES = /^[1-5]\d\d(-[1-5]\d\d)?$/;
const PERCENTAGE = /^(\d{1,2}(\.\d{1,3})?|100)%$/;

/** For editors: an environment variable may stand there as well. */
function orReference({ source }: RegExp): { readonly pattern: string } {
  return { pattern: `${source}|\\$\\{` };
}

const terminalResponse = z.union([
  z.int({ error: TERMINAL_FORMS }).min(100, { error: "must be 100 to 599" }).max(599, {
    error: "must be 100 to 599",
  }),
  z.string().regex(STATUSES, { error: TERMINAL_FORMS }).meta(orReference(STATUSES)).refine((text) => {
    const [first = "", last = first] = text.split("-");
    return first <= last;
  }, { error: "has the larger status first" }),
], { error: TERMINAL_FORMS });

/** When a hedge is sent: after a fixed time, or at a quantile of recent answer times. */
const hedgeAfter = z.union([
  z.string().regex(QUANTILE, { error: QUANTILE_FORMS }).meta(orReference(QUANTILE))
    .transform((text) => ({ quantile: Number(text.slice(1)) / 100 })),
  duration(1).transform((delayMs) => ({ delayMs })),
], { error: QUANTILE_FORMS });

const extraLoad = z.union([
  z.number().min(0, { error: SHARE_FORMS }).max(1, { error: SHARE_FORMS }),
  z.string().regex(PERCENTAGE, { error: SHARE_FORMS }).meta(orReference(PERCENTAGE))
    .transform((text) => Number(text.slice(0, -1)) / 100),
], { error: SHARE_FORMS });

const pool = z.strictObject({
  max_idle: wholeNumber(0, 65_535).prefault(32).describe(
    "Idle connections that each data thread keeps to an endpoint for later requests; 0 keeps none. Those of all apps " +
      "take a quarter of the descriptors at most: where that is less, fewer are kept.",
  ),
  idle_timeout: duration().prefault("30s").describe(
    "How long they are kept. Best below the endpoint's own keep-alive time.",
  ),
});

const endpointTls = z.strictObject({
  ca_file: filePath.prefault("").describe(
    "PEM file of the authorities that endpoints are trusted by, in place of the public ones; empty for the public ones.",
  ),
  insecure_skip_verify: z.boolean().prefault(false).describe(
    "Takes any certificate of an endpoint. Whoever is on the way can then read and change everything.",
  ),
});

/** The `http` key of an app. */
export const httpSettings = z.strictObject({
  dispatch: z.enum(["sequential", "fanout", "hedged"]).prefault("sequential").describe(
    "`sequential` asks the next endpoint only when the answer of one is unusable; `fanout` asks all at once; `hedged` " +
      "asks the next one too when the earlier is slow.",
  ),
  attempt_timeout: duration(1).prefault("10s").describe(
    "Longest wait for one endpoint: from the connection attempt to the head of its final answer.",
  ),
  hedge_after: hedgeAfter.prefault("p95").describe(
    "When `hedged` asks the next endpoint: after a duration, or when so many of the app's recent answers were faster " +
      "(`p50` to `p99`).",
  ),
  max_extra_load: extraLoad.prefault(0.05).describe(
    'Most requests that hedging may add, as a share of the requests of clients: 0 to 1, or `"5%"`.',
  ),
  terminal_responses: z.array(terminalResponse, { error: "expected a list of statuses" }).min(1, {
    error: "at least one status must be usable",
  }).prefault([100, 200, 300, 400]).describe(
    "Statuses that are given to the client; an answer with another one is thrown away and the next endpoint counts. A " +
      'hundred stands for all of its statuses, a code for itself, `"300-399"` for a range.',
  ),
  on_exhausted: z.union([z.enum(["last"]), z.literal(502), z.literal(500)], {
    error: 'expected "last", 502 or 500',
  }).prefault("last").describe(
    "What the client gets when no answer was usable: the `last` one of an endpoint where there is one, or this status.",
  ),
  max_replay_body: size(16 * 1024 * 1024).prefault("64KiB").describe(
    "Largest request body that is kept to be sent to another endpoint; larger ones go to one endpoint alone. Up to " +
      "16MiB.",
  ),
  replay: z.enum(["idempotent", "all"]).prefault("idempotent").describe(
    "Which requests may go to another endpoint after one may have received them: those with idempotent methods " +
      "(RFC 9110 section 9.2.2), or `all`.",
  ),
  preserve_host: z.boolean().prefault(false).describe(
    "Sends the client's `Host` on, in place of the endpoint's own.",
  ),
  forwarded: z.enum(["replace", "append", "off"]).prefault("replace").describe(
    "`Forwarded` and `X-Forwarded-*`: written anew, added to what the client sent, or passed on as they are.",
  ),
  request_timeout: duration(1).prefault("30s").describe(
    "From the end of a request's head to the head of its answer, all endpoints together; then 504.",
  ),
  header_timeout: duration(1).prefault("10s").describe(
    "Longest time for the whole head of a request, counted from its first byte or from the connection.",
  ),
  body_timeout: duration().prefault("10s").describe(
    "Longest pause within a request's body (an answer's has `idle_timeout`); also how long `min_body_rate` does not " +
      "count yet. `0s`: never.",
  ),
  min_body_rate: size(1024 ** 3).prefault("500B").describe(
    "Bytes a second that a request's body must bring on average once `body_timeout` has passed. 0: any.",
  ),
  max_header_size: size(1024 * 1024, 1024).prefault("16KiB").describe(
    "Largest head of a request: request line and fields. 1KiB to 1MiB. Beyond it: 431, or 414 for the line alone.",
  ),
  max_headers: wholeNumber(1, 1000).prefault(100).describe("Most fields of a request's head; then 431."),
  max_response_header_size: size(1024 * 1024, 1024).prefault("64KiB").describe(
    "Largest head of an endpoint's answer: status line and fields. 1KiB to 1MiB. A larger one is refused: the endpoint " +
      "counts as failed, and the log says why.",
  ),
  max_response_headers: wholeNumber(1, 1000).prefault(200).describe(
    "Most fields of an answer's head, or of its trailers. More are refused as well.",
  ),
  lenient_responses: z.boolean().prefault(true).describe(
    "Takes answers of old servers, whose lines end in LF where HTTP asks for CRLF; clients get CRLF. Never of requests, " +
      "nor of chunk sizes and trailers. `false` refuses such answers.",
  ),
  keep_alive_timeout: duration(1).prefault("60s").describe(
    "How long a client's connection may be idle between requests.",
  ),
  pool: pool.prefault({}).describe("Connections to endpoints that are kept open."),
  tls: endpointTls.prefault({}).describe("How endpoints on https are verified."),
});

const namedFile = filePath.refine((path) => path !== "", { error: "must name a file" });

/** The `tls` key of an app. */
export const serverTls = z.strictObject({
  cert_file: namedFile.describe(
    "PEM file of the certificate, followed by those of the authorities between it and the root.",
  ),
  key_file: namedFile.describe(
    "PEM file of its private key, not encrypted: RSA of 2,048 to 8,192 bits, P-256, P-384, P-521 or Ed25519.",
  ),
});
