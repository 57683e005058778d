import * as z from "zod";
import { duration, wholeNumber } from "../../model/config_values.ts";
import { PROVIDERS } from "./mod.ts";
import type { ProvisionSettings } from "./provision_step.ts";

const MOST_NODES = 10_000;
const SHARE = /^([1-9]\d?|100)%$/;
const SHARE_FORMS = 'expected a share such as "80%"';
const PREFIX = /^[a-z0-9][a-z0-9.-]{0,52}$/;
const PREFIX_FORMS = "expected lower-case letters, digits, dots and hyphens, at most 53";

const share = z.string({ error: SHARE_FORMS }).regex(SHARE, { error: SHARE_FORMS })
  .transform((text) => Number(text.slice(0, -1)) / 100);

/** Keys that are the same for all kinds. */
const COMMON = {
  name_prefix: z.string({ error: PREFIX_FORMS }).regex(PREFIX, { error: PREFIX_FORMS }).prefault("auto-"),
  min_nodes: wholeNumber(0, MOST_NODES).prefault(0),
  max_nodes: wholeNumber(1, MOST_NODES),
  out_at: share.prefault("80%"),
  in_at: share.prefault("50%"),
  cool_down: duration(0).prefault("10m"),
  join_timeout: duration(1_000).prefault("10m"),
};

/** What the file says; the keys of its kind are there besides. */
export type ProviderFile = ProvisionSettings & { readonly type: string };

const [first, ...others] = PROVIDERS.parts.map(({ name, keys }) =>
  z.strictObject({ type: z.literal(name), ...COMMON, ...keys })
);

/** All kinds; that they have the common keys is lost where their own are not known before they run. */
const anyKind = z.discriminatedUnion("type", [first!, ...others], {
  error: `expected type: ${PROVIDERS.names.join(" or ")}`,
}) as unknown as z.ZodType<ProviderFile>;

/** The file that says who makes nodes, and how many: `fproxy control --provider FILE`. */
export const providerFile: z.ZodType<ProviderFile> = anyKind
  .refine(({ min_nodes, max_nodes }) => min_nodes <= max_nodes, {
    error: "min_nodes is larger than max_nodes",
    path: ["min_nodes"],
  })
  .refine(({ in_at, out_at }) => in_at < out_at, {
    error: "in_at has to be smaller than out_at",
  });
