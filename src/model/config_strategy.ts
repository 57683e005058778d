import * as z from "zod";
import { duration, filePath, label, labelOrNone, targetAddress, wholeNumber } from "./config_values.ts";
import type { HashKey } from "./snapshot.ts";

/**
 * The key `strategy`: how each strategy is written, with its own options and no others. The names are those of the
 * registry in `src/strategy`, which this layer does not know; a test compares the two.
 */

const KEY_FORMS = 'expected client_ip, client_ip_port, path, "header:NAME" or "cookie:NAME"';
/** A name is a token (RFC 9110 section 5.6.2). */
const KEY = /^(?:(client_ip|client_ip_port|path)|(header|cookie):([!#$%&'*+.^_`|~0-9A-Za-z-]+))$/;
const NO_FILE = "the strategy script needs its file: expected { type: script, file: ./pick.ts }";
const BALANCE_FORMS = "must be 0, or 101 to 1000: percent of the average load";

const hashKey = z.string({ error: KEY_FORMS }).meta({ pattern: `${KEY.source}|\\$\\{` })
  .transform((text, context): HashKey => {
    const [matched, plain, from, name = ""] = KEY.exec(text) ?? [];
    if (matched === undefined) {
      context.addIssue({ code: "custom", message: `"${text}" is no key: ${KEY_FORMS}` });
      return z.NEVER;
    }
    if (from === undefined) return { from: plain as "client_ip" | "client_ip_port" | "path" };
    return from === "header" ? { from, name: name.toLowerCase() } : { from: "cookie", name };
  });

const type = "Name of the strategy; see [strategies](strategies.md). It takes its own options alone.";

const simple = z.strictObject({
  type: z.enum(["round_robin", "first", "least_connections", "random", "random_two_choices", "p2c"])
    .describe(type),
});

const leastLatency = z.strictObject({
  type: z.literal("least_latency").describe(type),
  decay: duration(100, 600_000).prefault("10s").describe(
    "`least_latency`: time in which what is known of a target fades to 37 %. 100ms to 10m.",
  ),
});

const sourceHash = z.strictObject({
  type: z.literal("source_hash").describe(type),
  key: hashKey.prefault("client_ip").describe(
    "`source_hash`: what goes to the same target: `client_ip`, `client_ip_port`; in mode `http` also `header:NAME`, `cookie:NAME` or " +
      "`path`. Requests without such a field take turns.",
  ),
  balance_factor: wholeNumber(0, 1000).refine((percent) => percent === 0 || percent > 100, {
    error: BALANCE_FORMS,
  }).prefault(0).describe(
    "`source_hash`: most load of a target, in percent of the average by weight, 101 to 1000: what exceeds it goes to the key's next " +
      "target. 0: no limit.",
  ),
});

const script = z.strictObject({
  type: z.literal("script").describe(type),
  file: filePath.refine((path) => path !== "", { error: "must name a file" }).describe(
    "`script`: TypeScript or JavaScript file with the strategy, see [script strategies](script-strategies.md). A relative path starts " +
      "at the folder of the config.",
  ),
});

const withoutOptions = z.enum([...simple.shape.type.options, "least_latency", "source_hash"]);
const NO_GROUPS = { error: "expected the name of a strategy without groups, or { type, ... }" };

/** How one target of a rule is chosen. */
const ofRule = z.union(
  [withoutOptions, z.discriminatedUnion("type", [simple, leastLatency, sourceHash])],
  NO_GROUPS,
);

/** How one target of a group is chosen. */
const ungrouped = z.union(
  [withoutOptions, z.discriminatedUnion("type", [simple, leastLatency, sourceHash, script])],
  NO_GROUPS,
);

const grouped = z.strictObject({
  type: z.enum(["priority", "prefer_zone"]).describe(
    type,
  ),
  strategy: ungrouped.prefault("round_robin").describe(
    "`priority`, `prefer_zone`: how a target is chosen within a group: any other strategy.",
  ),
  overprovisioning_factor: z.number().min(1, { error: "must be 1 to 10" }).max(10, {
    error: "must be 1 to 10",
  }).prefault(1.4).describe(
    "`priority`, `prefer_zone`: a group takes all of its load until less than 1 / factor of its targets is well; then the next one takes over a share.",
  ),
});

/** Rules of an app: each is evaluated for each session. */
const MAX_RULES = 100;
const MAX_CONDITION_CHARS = 4096;

const rule = z.strictObject({
  name: label(63).optional().describe(
    "Name of the rule in status and logs; its number unless it is written.",
  ),
  when: z.string({ error: 'expected a condition, as in "client.port > 1023"' })
    .max(MAX_CONDITION_CHARS, { error: `must have at most ${MAX_CONDITION_CHARS} characters` })
    .optional().describe(
      "Condition in CEL, see [rules](rules.md); the last rule may have none, and is for everybody.",
    ),
  use: z.strictObject({
    targets: z.union([z.literal("all"), z.array(targetAddress)], {
      error: 'expected "all", or a list of targets of this app',
    }).optional().describe("Targets of this app, as they are written there, or `all`."),
    labels: z.record(label(63), label(255), { error: "expected an object of names and text values" })
      .optional().describe("All targets of this app with these labels."),
  }).optional().describe("Targets that the session goes to: by `targets` or by `labels`."),
  strategy: ofRule.prefault("round_robin").describe(
    "How one of them is chosen: any strategy without groups, and no script.",
  ),
  deny: z.boolean().optional().describe("`true` turns the session away."),
});

const ruleList = z.strictObject({
  type: z.literal("rules").describe(type),
  rules: z.array(rule, { error: "expected a list of rules" }).max(MAX_RULES, {
    error: `must be at most ${MAX_RULES} rules`,
  }).prefault([]).describe(
    "`rules`: in their order; the first that holds and has a target for the session counts, see [rules](rules.md).",
  ),
});

const withOptions = z.discriminatedUnion("type", [
  simple,
  leastLatency,
  sourceHash,
  grouped,
  ruleList,
  script,
]);

/** Names of the strategies and other names for them, as they may be written. */
export const STRATEGY_NAMES: readonly string[] = withOptions.options.flatMap(({ shape }) =>
  "options" in shape.type ? [...shape.type.options] : [...shape.type.values]
);

/** Other names of strategies. */
const ALIASES: Readonly<Record<string, string>> = { p2c: "random_two_choices" };

/** A strategy with all of its options. */
export type StrategyConfig = z.output<typeof withOptions>;

/** A rule of the strategy `rules`. */
export type RuleConfig = z.output<typeof rule>;

/** What rules are called by in status and logs. @param index of the rule in its list. */
export function ruleKey({ name }: Pick<RuleConfig, "name">, index: number): string {
  return name ?? `#${index + 1}`;
}

/** The key `strategy` of an app. */
export const strategySetting = z.union([z.string(), withOptions], {
  error: "expected the name of a strategy, or { type, ... }",
}).transform((value, context): StrategyConfig => {
  if (value === "script") {
    context.addIssue({ code: "custom", message: NO_FILE });
    return z.NEVER;
  }
  const written = typeof value === "string" ? withOptions.safeParse({ type: value }).data : value;
  // A name that nobody knows is told by a rule, with what was probably meant.
  return complete(written ?? { type: value } as StrategyConfig);
});

function complete(strategy: StrategyConfig): StrategyConfig {
  const named = { ...strategy, type: ALIASES[strategy.type] ?? strategy.type } as StrategyConfig;
  // A name that asks for a list has none.
  if ("rules" in named && Array.isArray(named.rules)) {
    const rules = named.rules.map((rule) => ({ ...rule, strategy: completeInner(rule.strategy) }));
    return { ...named, rules } as StrategyConfig;
  }
  return "strategy" in named
    ? { ...named, strategy: completeInner(named.strategy) } as StrategyConfig
    : named;
}

function completeInner(inner: z.output<typeof ungrouped>): StrategyConfig {
  return complete(typeof inner === "string" ? withOptions.parse({ type: inner }) : inner);
}

/** Options of targets that are for strategies. */
export const strategyTargetOptions = {
  priority: wholeNumber(0, 127).prefault(0).describe(
    "Group of the strategy `priority`: 0 comes first.",
  ),
  zone: labelOrNone(63).prefault("").describe(
    "Where the target is, for the strategy `prefer_zone`.",
  ),
};
