import * as z from "zod";
import { duration, label, wholeNumber } from "../../model/config_values.ts";
import type { OverrideNote, TargetOverride } from "./override.ts";
import { OVERRIDE_STATES } from "./override.ts";
import { OVERRIDE_WEIGHT_FORMS, type OverrideWeight, parseOverrideWeight } from "./override_weight.ts";

/** Overrides as the admin API takes and shows them, and as the file of `state_dir` holds them. */

const SECOND_MS = 1000;
const MAX_REASON_CHARS = 255;
const MAX_NAME_CHARS = 128;
/** An app's name has at most 128 characters; a target is at most a URL. */
const MAX_KEY_CHARS = 4096;

const state = z.enum(OVERRIDE_STATES, { error: `expected one of ${OVERRIDE_STATES.join(", ")}` });

const weight: z.ZodType<OverrideWeight, number | string> = z.union([z.int(), z.string()], {
  error: `expected a weight: ${OVERRIDE_WEIGHT_FORMS}`,
}).transform((value, context) => {
  try {
    // A number in quotes is no share, and most likely a mistake.
    if (typeof value === "string" && !value.endsWith("%")) throw new RangeError(`"${value}" is text`);
    return parseOverrideWeight(String(value));
  } catch {
    context.addIssue({
      code: "custom",
      message: `${JSON.stringify(value)} is not a weight: write ${OVERRIDE_WEIGHT_FORMS}`,
    });
    return z.NEVER;
  }
});

const reason = z.union([z.literal(""), label(MAX_REASON_CHARS)], {
  error: `expected a line of text, at most ${MAX_REASON_CHARS} characters`,
});
const name = label(MAX_NAME_CHARS);

/** Body of a request that changes an override: parts that are left out stay, null takes one back. */
export const overrideRequest = z.strictObject({
  state: state.nullish(),
  weight: weight.nullish(),
  reason: reason.prefault(""),
  for: duration(SECOND_MS).nullish(),
  by: name.nullish(),
});

const time = z.iso.datetime({ error: "expected a time, as in 2030-01-31T12:00:00.000Z" })
  .transform((text) => Date.parse(text));

const note = { by: name, reason, since: time, until: time.nullable() };

/** One entry of the file. */
export const storedOverride = z.strictObject({
  app: label(MAX_NAME_CHARS),
  target: label(MAX_KEY_CHARS),
  state: z.strictObject({ value: state, ...note }).nullable(),
  weight: z.strictObject({ value: weight, configured: wholeNumber(0, 256), ...note }).nullable(),
  gone_since: time.nullable(),
}).transform(({ gone_since, ...rest }): TargetOverride => ({ ...rest, goneSince: gone_since }));

/** An entry as JSON shows it: of the file, and of the admin API. */
export type OverrideJson = z.input<typeof storedOverride>;

/** Writes an entry so that {@link storedOverride} reads it back. */
export function overrideJson({ app, target, state, weight, goneSince }: TargetOverride): OverrideJson {
  return {
    app,
    target,
    state: state === null ? null : { value: state.value, ...noteJson(state) },
    weight: weight === null
      ? null
      : { value: weight.value, configured: weight.configured, ...noteJson(weight) },
    gone_since: goneSince === null ? null : isoTime(goneSince),
  };
}

/** The same inside of its target: without the names, and with what the config says by now. */
export interface OverrideStatus {
  readonly state: OverrideJson["state"];
  /** `config_changed`: the config's weight was edited since; the override holds all the same. */
  readonly weight: NonNullable<OverrideJson["weight"]> & { readonly config_changed: boolean } | null;
}

/** What status shows of an override. @param configured the config's weight now. */
export function overrideStatus(override: TargetOverride, configured: number): OverrideStatus {
  const { state, weight } = overrideJson(override);
  return {
    state,
    weight: weight === null ? null : { ...weight, config_changed: weight.configured !== configured },
  };
}

/** A time as JSON shows it. */
export function isoTime(wallTimeMs: number): string {
  return new Date(wallTimeMs).toISOString();
}

function noteJson({ by, reason, since, until }: OverrideNote): {
  readonly by: string;
  readonly reason: string;
  readonly since: string;
  readonly until: string | null;
} {
  return { by, reason, since: isoTime(since), until: until === null ? null : isoTime(until) };
}
