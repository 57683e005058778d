import type { OptionChange } from "../../control/changes/option_changes.ts";

/** A change with what it concerns; without numbers where it was made already. */
export interface ShownChange {
  readonly app: string;
  readonly change: string;
  readonly sessions?: number;
  readonly effect?: string;
}

/** What a config changes, as a plan and as a rollout have it. */
export interface ShownChanges {
  readonly options: readonly OptionChange[];
  readonly apps: readonly (ShownChange & { readonly options: readonly OptionChange[] })[];
  readonly targets: readonly (ShownChange & { readonly target: string })[];
}

const SIGNS: Readonly<Record<string, string>> = { added: "+", removed: "-", changed: "~" };
/** Longer values are for programs, and have `--json`. */
const MAX_VALUE_CHARS = 40;

/** Rows of a table: a sign, what is changed, and how many sessions that concerns. Apps that come or go bring their targets. */
export function changeRows({ options, apps, targets }: ShownChanges): string[][] {
  return [
    ...options.map((option) => ["~", optionText(option), ""]),
    ...apps.flatMap((app) => [
      row(`app ${app.app}`, app),
      ...app.options.map((option) => ["", `  ${optionText(option)}`, ""]),
      ...targets.filter((target) => target.app === app.app && app.change === "changed")
        .map((target) => row(`  target ${target.target}`, target)),
    ]),
  ];
}

function row(what: string, { change, sessions, effect }: ShownChange): string[] {
  const concerned = sessions === undefined || sessions === 0 ? "" : `${sessions} ${effect}`;
  return [SIGNS[change] ?? "", what, concerned];
}

function optionText({ path, before, after }: OptionChange): string {
  return `${path}: ${valueText(before)} → ${valueText(after)}`;
}

function valueText(value: unknown): string {
  const text = value === null ? "none" : JSON.stringify(value);
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS - 1)}…`;
}
