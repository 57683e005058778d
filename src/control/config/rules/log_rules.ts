import { LINE_FORMATS, type OutputConfig } from "../../../model/config_log.ts";
import { outputName } from "../../telemetry/outputs/open_sink.ts";
import {
  isTemplate,
  TEMPLATE_FIELDS,
  TEMPLATE_LETTERS,
  templateMistakes,
} from "../../telemetry/records/record_template.ts";
import { subjectOf } from "../describe_issue.ts";
import type { Problem } from "../diagnostic.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { Path } from "../locate.ts";
import { field } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

const SECTIONS = ["log", "access_log"] as const;

/** A place, and where it is written. */
interface Written {
  readonly output: OutputConfig;
  readonly path: Path;
}

/** Formats of access records are known words, or templates without a mistake. */
export function recordFormats(input: RuleInput): Problem[] {
  const { config } = input;
  if (config === undefined) return [];
  const own = writtenOutputs(input, "access_log").flatMap(({ output: { format }, path }) =>
    format === undefined ? [] : formatProblems(format, [...path, "format"], input)
  );
  return [...formatProblems(config.access_log.format, ["access_log", "format"], input), ...own];
}

function formatProblems(format: string, path: Path, { locator }: RuleInput): Problem[] {
  if (isTemplate(format)) {
    return templateMistakes(format).map(({ message, start, end, unknownField }): Problem => ({
      code: "value",
      message: `${message}, at character ${start + 1} of the template`,
      span: locator.within(path, start, end),
      hints: [unknownField === undefined ? LETTERS_HINT : fieldHint(unknownField)],
    }));
  }
  if (LINE_FORMATS.some((word) => word === format)) return [];
  const near = didYouMean(format, LINE_FORMATS);
  return [{
    code: "value",
    message: `${subjectOf(path)}: expected auto, pretty, json, ` +
      `or a template with fields such as "%h" or "%{app}", found "${format.slice(0, MAX_SHOWN_CHARS)}"`,
    span: locator.value(path),
    hints: near === undefined ? [] : [`did you mean "${near}"?`],
  }];
}

const MAX_SHOWN_CHARS = 60;
const LETTERS_HINT = `known are ${
  Object.keys(TEMPLATE_LETTERS).map((letter) => `%${letter}`).join(", ")
}, %{FIELD} and %%`;

function fieldHint(unknown: string): string {
  const near = didYouMean(unknown, TEMPLATE_FIELDS);
  return near === undefined ? `known are: ${TEMPLATE_FIELDS.join(", ")}` : `did you mean "${near}"?`;
}

/** Each place is named once in its section, and a file that is rotated has one writer. */
export function outputConflicts(input: RuleInput): Problem[] {
  const all = SECTIONS.map((section) => writtenOutputs(input, section));
  const twice = all.flatMap((outputs) =>
    conflicts(outputs, () => true, (name) => `${name} is listed twice: it would get each line twice`, input)
  );
  const shared = conflicts(
    all.flatMap((outputs) => outputs.filter((one, index) => isFirst(one, outputs.slice(0, index)))),
    (one, other) => isRotated(one) || isRotated(other),
    (name) => `${name} is written to by both logs and rotated: each needs a file of its own`,
    input,
  );
  return [...twice, ...shared];
}

function isFirst({ output }: Written, before: readonly Written[]): boolean {
  return !before.some((one) => outputName(one.output) === outputName(output));
}

function isRotated({ output }: Written): boolean {
  return output.type === "file" && output.rotate !== undefined;
}

function conflicts(
  outputs: readonly Written[],
  isConflict: (one: Written, other: Written) => boolean,
  message: (name: string) => string,
  { locator }: RuleInput,
): Problem[] {
  return outputs.flatMap((one, index): Problem[] => {
    const name = outputName(one.output);
    const other = outputs.slice(0, index).find(({ output }) => outputName(output) === name);
    if (other === undefined || !isConflict(one, other)) return [];
    return [{
      code: "value",
      message: message(name),
      span: locator.value(one.path),
      related: [{ message: "first used here", span: locator.value(other.path) }],
    }];
  });
}

/** Log files have a folder to be in. */
export function logFiles(input: RuleInput): Problem[] {
  return SECTIONS.flatMap((section) => writtenOutputs(input, section)).flatMap(
    ({ output, path }): Problem[] => {
      const problem = output.type === "file" ? input.logFileProblem(output.path) : null;
      return problem === null ? [] : [{
        code: "value",
        message: problem,
        span: input.locator.value([...path, ...(isObject(valueAt(input.value, path)) ? ["path"] : [])]),
      }];
    },
  );
}

/** The places of a section; of a valid config alone. */
function writtenOutputs({ config, value }: RuleInput, section: typeof SECTIONS[number]): Written[] {
  const path: Path = [section, "to"];
  const isList = Array.isArray(valueAt(value, path));
  return (config?.[section].to ?? []).map((output, index) => ({
    output,
    path: isList ? [...path, index] : path,
  }));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => Array.isArray(at) ? at[Number(part)] : field(at, String(part)),
    value,
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
