import * as z from "zod";
import { wholeNumber } from "./config_values.ts";

/** The key `limits` of an app: how often clients may connect. */

/** Times are kept as finely as this takes. */
const MAX_RATE = 1_000_000;
const RATE_FORMS = `must be 0 to ${MAX_RATE}`;
const MAX_CONNECTIONS = 2 ** 31 - 1;
const MAX_ENTRIES = 1_000_000;

const rate = z.number({ error: "expected a number of connections a second" })
  .min(0, { error: RATE_FORMS }).max(MAX_RATE, { error: RATE_FORMS });

const burst = z.union([z.literal("auto"), wholeNumber(1, MAX_RATE)], {
  error: `expected "auto" or a whole number, 1 to ${MAX_RATE}`,
});

const BURST = "How many may come at once after a pause; `auto` is as many as in a second, and at least 1.";

const perClient = z.strictObject({
  max_connections: wholeNumber(0, MAX_CONNECTIONS).prefault(0).describe(
    "Most connections of one client at once. 0: no limit.",
  ),
  new_connections_per_second: rate.prefault(0).describe(
    "New connections of one client a second; fractions are possible. 0: no limit.",
  ),
  burst: burst.prefault("auto").describe(BURST),
  ipv6_prefix: wholeNumber(16, 128).prefault(64).describe(
    "Bits of an IPv6 address that tell clients apart: who has one address mostly has all of its /64.",
  ),
  max_entries: wholeNumber(100, MAX_ENTRIES).prefault(100_000).describe(
    "Clients that are remembered at once, some 50 bytes each; when there are more, the oldest are forgotten.",
  ),
});

/** The key `limits`. */
export const limitSettings = z.strictObject({
  new_connections_per_second: rate.prefault(0).describe(
    "New connections of the app a second, over all clients; fractions are possible. 0: no limit.",
  ),
  burst: burst.prefault("auto").describe(BURST),
  per_client: perClient.prefault({}).describe("Limits of each client by its address."),
  dry_run: z.boolean().prefault(false).describe(
    "Counts what would be turned away for these limits, and turns nothing away. `max_connections` of the app holds all the same.",
  ),
});

/** A valid `limits`. */
export type LimitsConfig = z.output<typeof limitSettings>;
