import * as z from "zod";

/** The key `access` of an app: which clients may come in. What addresses and files say is looked at by a rule. */

const SOURCE_FORMS = 'an address or a range such as "10.0.0.0/8", or the path of a file with such';
const RULE_FORMS = `expected one of { allow: ... } and { deny: ... }, with ${SOURCE_FORMS}`;

const source = z.string({ error: `expected ${SOURCE_FORMS}` }).refine((text) => text !== "", {
  error: `must not be empty: expected ${SOURCE_FORMS}`,
}).meta({
  id: "Addresses",
  description: `Addresses of clients: ${SOURCE_FORMS}; a relative path starts at the folder of the config.`,
});

const accessRule = z.strictObject({
  allow: source.optional().describe("Clients that may come in."),
  deny: source.optional().describe("Clients that may not."),
}).refine(({ allow, deny }) => (allow === undefined) !== (deny === undefined), { error: RULE_FORMS });

/** Most rules of an app; lists are for files. */
const MAX_RULES = 1000;

/** The key `access`. */
export const accessSettings = z.strictObject({
  default: z.enum(["allow", "deny"]).prefault("allow").describe(
    "What counts for clients that no rule is about.",
  ),
  rules: z.array(accessRule, { error: "expected a list of rules" }).max(MAX_RULES, {
    error: `must be at most ${MAX_RULES} rules`,
  }).prefault([]).describe("In their order: the first one that is about the client counts."),
});

/** A valid `access`. */
export type AccessConfig = z.output<typeof accessSettings>;

/** One of its rules. */
export type AccessRuleConfig = AccessConfig["rules"][number];

/** What a rule is about. */
export function sourceOf({ allow, deny }: AccessRuleConfig): string {
  return allow ?? deny ?? "";
}

/** Whether it is meant to be an address or a range rather than the path of a file: digits and dots, or a colon. */
export function isAddressText(text: string): boolean {
  return /^[\d.]+(?:\/.*)?$/.test(text) || /^[\da-f.]*:[\da-f:.]*(?:%[^/]*)?(?:\/.*)?$/i.test(text);
}
