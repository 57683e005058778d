import * as z from "zod";
import { duration, size, wholeNumber } from "./config_values.ts";

/** The keys under `tcp` of an app: socket options, and how their values are read. */

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
/** Linux takes keep-alive times up to 32767 s (`MAX_TCP_KEEPIDLE` in `net/tcp.h`); this is the next whole hour below. */
const MAX_KEEPALIVE_MS = 9 * HOUR_MS;
/** The kernel raises what is below some 2 to 4 KiB, and its ints end at twice the largest (man 7 socket). */
const MIN_BUFFER_BYTES = 4 * 1024;
const MAX_BUFFER_BYTES = 1024 ** 3;

const wholeSeconds = (leastMs: number, mostMs: number): z.ZodType<number, string | number> =>
  duration(leastMs, mostMs).refine((ms) => ms % SECOND_MS === 0, { error: "must be whole seconds" });

const keepalive = z.strictObject({
  idle: wholeSeconds(SECOND_MS, MAX_KEEPALIVE_MS).prefault("60s").describe(
    "Silence before the first probe (`TCP_KEEPIDLE`). Whole seconds, 1s to 9h.",
  ),
  interval: wholeSeconds(SECOND_MS, MAX_KEEPALIVE_MS).prefault("10s").describe(
    "Time between probes (`TCP_KEEPINTVL`). Whole seconds, 1s to 9h.",
  ),
  count: wholeNumber(1, 127).prefault(6).describe(
    "Unanswered probes after which the connection is taken for dead (`TCP_KEEPCNT`).",
  ),
});

const buffer = z.union([z.literal("auto"), size(MAX_BUFFER_BYTES, MIN_BUFFER_BYTES)], {
  error: 'expected "auto" or a size such as "256KiB"',
});

/** Socket options of an app, by name of the key. */
export const tcpSettings = z.strictObject({
  no_delay: z.boolean().prefault(true).describe("Sends small writes at once (`TCP_NODELAY`)."),
  keepalive: z.union([z.literal(false), keepalive], {
    error: "expected false, or keep-alive times { idle, interval, count }",
  }).prefault({}).describe("Keep-alive probes (`SO_KEEPALIVE`), or `false` for none."),
  user_timeout: duration().prefault("30s").describe(
    "How long sent data may stay unacknowledged before the connection is dropped (`TCP_USER_TIMEOUT`). `0s` leaves " +
      "the system's own time-out.",
  ),
  defer_accept: wholeSeconds(0, HOUR_MS).prefault("0s").describe(
    "A client is accepted when its first bytes are there, or when it was silent for this long (`TCP_DEFER_ACCEPT`); " +
      "`0s` accepts it at once. Whole seconds, to 1h; the kernel rounds up to the times at which it repeats a SYN-ACK: " +
      "1, 3, 7, 15, 31 s and so on. Only for protocols in which the client speaks first.",
  ),
  fast_open: wholeNumber(0, 65_535).prefault(0).describe(
    "Offers clients TCP Fast Open (RFC 7413), with so many of them in the middle of the handshake at once " +
      "(`TCP_FASTOPEN`); 0 does not offer it. For clients alone: targets are connected to without. The system must " +
      "allow it for servers (sysctl `net.ipv4.tcp_fastopen`, bit 2). The first bytes of a client may arrive twice, so " +
      "only for requests that may be repeated.",
  ),
  send_buffer: buffer.prefault("auto").describe(
    "Bytes of each connection that the kernel holds to be sent (`SO_SNDBUF`). 4KiB to 1GiB, capped at the sysctl " +
      "`net.core.wmem_max`; the kernel doubles it for its own use. `auto` lets it adapt the size to the connection; " +
      "any other value turns that off.",
  ),
  receive_buffer: buffer.prefault("auto").describe(
    "Bytes of each connection that the kernel holds to be read, and with them the TCP window (`SO_RCVBUF`); as " +
      "`send_buffer`, capped at `net.core.rmem_max`.",
  ),
});
