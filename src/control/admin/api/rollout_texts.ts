import { redactText } from "../../config/redact_text.ts";
import type { RolloutEntry } from "../../rollouts/rollout.ts";
import type { NamedText } from "../../rollouts/text_diff.ts";
import type { ApiSource } from "./api_source.ts";
import { ApiProblem } from "./problem.ts";
import type { ApiRequest } from "./route.ts";

type Source = Pick<ApiSource, "rollouts">;

/** The text of a rollout's config, as who asks may see it. @throws {ApiProblem} where there is none, or it must not be seen. */
export async function rolloutText(
  { rollouts }: Source,
  entry: RolloutEntry,
  bearer: ApiRequest["bearer"],
): Promise<string> {
  const text = await rollouts.text(entry);
  if (text === null) {
    throw new ApiProblem("not_found", {
      detail: `The config of rollout ${entry.number} is not kept`,
      hint:
        "without state_dir the last 16 MiB of texts are; options of a command and a missing file have none",
    });
  }
  if (bearer?.role !== "read") return new TextDecoder().decode(text);
  const redacted = redactText(text);
  if (redacted !== null) return redacted;
  throw new ApiProblem("read_only", {
    detail: `The config of rollout ${entry.number} cannot be read, so that its secrets cannot be redacted: ` +
      "it is shown to tokens with the role write alone",
  });
}

/** The text that was in force before; an empty one before the first. @throws {ApiProblem} as {@link rolloutText}. */
export async function baseText(
  source: Source,
  { base }: RolloutEntry,
  bearer: ApiRequest["bearer"],
): Promise<NamedText> {
  if (base === null) return { name: "/dev/null", text: "" };
  const entry = source.rollouts.entries.find(({ number }) => number === base);
  if (entry === undefined) {
    throw new ApiProblem("not_found", {
      detail: `Rollout ${base}, whose config was in force before, is not kept any more`,
    });
  }
  return { name: `rollout ${base}`, text: await rolloutText(source, entry, bearer) };
}
