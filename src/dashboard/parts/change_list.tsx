import type { JSX } from "preact";
import type {
  AppChange,
  ChangeKind,
  Concern,
  ConfigChange,
  OptionChange,
  SessionEffect,
  TargetChange,
} from "../api/rollouts.ts";
import { plural } from "../base/format.ts";
import type { Severity } from "../pure/reasons.ts";
import { State } from "./mark.tsx";
import { Empty, Notice } from "./notice.tsx";

const EFFECTS: Readonly<Record<SessionEffect, Severity>> = { kept: "well", draining: "warn", cut: "bad" };
const SIGNS: Readonly<Record<ChangeKind, string>> = { added: "+", removed: "−", changed: "~" };

type Change = ConfigChange<AppChange & Partial<Concern>, TargetChange & Partial<Concern>>;

/** What one config has otherwise than another, and where it is a plan, how many sessions that concerns. */
export function ChangeList({ change }: { change: Change }): JSX.Element {
  const { options, apps, targets, restart_needed } = change;
  if (options.length + apps.length + targets.length + restart_needed.length === 0) {
    return <Empty>Nothing that counts.</Empty>;
  }
  return (
    <div class="changes">
      {restart_needed.map((one) => (
        <Notice key={one.path} severity="warn">
          {one.path} counts from the next start on: {one.reason}
        </Notice>
      ))}
      <ul class="options">{options.map((one) => <Option key={one.path} change={one} />)}</ul>
      <ul>
        {apps.map((one) => (
          <li key={one.app}>
            {SIGNS[one.change]} app <b>{one.app}</b> is {one.change} <Sessions concern={one} />
            <ul class="options">
              {one.options.map((option) => <Option key={option.path} change={option} />)}
            </ul>
          </li>
        ))}
        {targets.map((one) => (
          <li key={`${one.app} ${one.target}`}>
            {SIGNS[one.change]} target <b>{one.target}</b> of {one.app} is {one.change}{" "}
            <Sessions concern={one} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sessions({ concern: { sessions, effect } }: { concern: Partial<Concern> }): JSX.Element | null {
  if (sessions === undefined || effect === undefined || sessions === 0) return null;
  return <State severity={EFFECTS[effect]} text={`${plural(sessions, "session")} ${effect}`} />;
}

function Option({ change: { path, before, after } }: { change: OptionChange }): JSX.Element {
  return (
    <li>
      <code>{path}</code> <del>{written(before)}</del> → <ins>{written(after)}</ins>
    </li>
  );
}

function written(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}
