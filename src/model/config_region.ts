import * as z from "zod";
import { filePath, label, labelOrNone, wholeNumber } from "./config_values.ts";

/** The keys under `region`, and of the file that tells commands how a region is reached. */

const REGION = /^[a-z0-9][a-z0-9-]{0,31}$/;
const REGION_FORMS = "expected lower-case letters, digits and hyphens, at most 32";
const NODE = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const NODE_FORMS = "expected lower-case letters, digits, dots and hyphens, at most 63";
const ADDRESS = /^(?:[\w.-]{1,253}|[\da-fA-F:.]{2,45})$/;
const ADDRESS_FORMS = 'expected an IP address or a name, without a port, such as "10.0.0.1"';
const SERVER = /^(?:nats|tls):\/\/[^\s/]+$/;
const SERVER_FORMS = 'expected the address of a NATS server, such as "tls://10.0.0.1:4222"';
const RANGE = /^(\d{1,5})-(\d{1,5})$/;
const RANGE_FORMS = 'expected a range of ports such as "20000-29999"';
const MOST_APPS = 100_000;
const MOST_CONNECTIONS = 100_000_000;

/** How a region is reached. */
export const REGION_ACCESS = {
  region: z.string({ error: REGION_FORMS }).regex(REGION, { error: REGION_FORMS }).prefault("main").describe(
    "Name of the region; several may share their NATS servers.",
  ),
  servers: z.array(z.string({ error: SERVER_FORMS }).regex(SERVER, { error: SERVER_FORMS }))
    .min(1, { error: "a region needs at least one server" })
    .describe(
      "Addresses of its NATS servers (2.9 or newer, with JetStream); one that answers tells of the others.",
    ),
  credentials: filePath.optional().describe(
    "File with what identifies this program to them: a seed of a user's NKey, a JWT with its seed, or `name:password`.",
  ),
  ca_file: filePath.optional().describe(
    "Certificates that those of the servers lead to; the system's unless given.",
  ),
  copies: z.literal([1, 3, 5], { error: "expected 1, 3 or 5" }).optional().describe(
    "Servers that keep a copy of everything; 3 where `servers` has as many, else 1, unless given. Counts when the region's " +
      "store is made.",
  ),
} as const;

/** A range of ports, both ends included. */
export const portRange = z.string({ error: RANGE_FORMS }).regex(RANGE, { error: RANGE_FORMS })
  .meta({ pattern: `${RANGE.source}|\\$\\{` })
  .transform((text) => {
    const [first = 0, last = 0] = text.split("-").map(Number);
    return { first, last };
  })
  .refine(({ first, last }) => first > 0 && first <= last && last <= 65_535, { error: RANGE_FORMS });

/** Name of a program of a region. */
export const programName = z.string({ error: NODE_FORMS }).regex(NODE, { error: NODE_FORMS });

/** What makes a proxy a node of a region. */
export const regionSettings = z.strictObject({
  ...REGION_ACCESS,
  name: programName.describe(
    "Name of this node, which no other of the region has. Best taken from the environment: `${HOSTNAME}`.",
  ),
  address: z.string({ error: ADDRESS_FORMS }).regex(ADDRESS, { error: ADDRESS_FORMS }).describe(
    "Address or name at which others reach the apps of this node.",
  ),
  zone: labelOrNone(63).prefault("").describe("Where it is: apps are spread over zones."),
  labels: z.record(label(63), labelOrNone(255), { error: "expected labels, such as { disk: ssd }" }).prefault(
    {},
  ).describe("What apps may require of a node."),
  capacity: z.strictObject({
    apps: wholeNumber(0, MOST_APPS).prefault(1_000).describe("Most apps of the region."),
    connections: wholeNumber(0, MOST_CONNECTIONS).prefault(100_000).describe(
      "Most connections that these may be expected to hold.",
    ),
  }).prefault({}).describe("How much of the region it takes; its own apps do not count."),
  port_range: portRange.prefault("20000-29999").describe(
    "Ports for apps of the region that take any (port 0).",
  ),
});

/** How a region is reached. */
export type RegionAccess = z.output<z.ZodObject<typeof REGION_ACCESS>>;

/** What a node is. */
export type RegionConfig = z.output<typeof regionSettings>;
