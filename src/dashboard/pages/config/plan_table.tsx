import type { JSX } from "preact";
import type { OptionChange, Plan, SessionEffect } from "../../api/rollouts.ts";
import { plural } from "../../base/format.ts";
import { State } from "../../parts/mark.tsx";
import { Empty, Notice } from "../../parts/notice.tsx";
import type { Severity } from "../../pure/reasons.ts";

const EFFECTS: Readonly<Record<SessionEffect, Severity>> = { kept: "well", draining: "warn", cut: "bad" };

/** What applying a config would do, before anything happens. */
export function PlanTable({ plan }: { plan: Plan }): JSX.Element {
  const { listeners, apps, targets, restart_needed, nothing } = plan;
  if (nothing) return <Empty>Nothing would change.</Empty>;
  return (
    <div class="plan">
      {restart_needed.length === 0
        ? null
        : <Notice severity="warn">Counts with the next start only: {restart_needed.join(", ")}</Notice>}
      <ul>
        {listeners.opened.map((one) => <li key={one}>+ listens on {one}</li>)}
        {listeners.closed.map((one) => <li key={one}>− listens no more on {one}</li>)}
        {apps.map(({ app, change, options, sessions, effect }) => (
          <li key={app}>
            <b>{app}</b> is {change}, <Sessions count={sessions} effect={effect} />
            {options.length === 0
              ? null
              : <ul class="options">{options.map((one) => <Option key={one.path} change={one} />)}</ul>}
          </li>
        ))}
        {targets.map(({ app, target, change, sessions, effect }) => (
          <li key={`${app} ${target}`}>
            target {target} of {app} is {change}, <Sessions count={sessions} effect={effect} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sessions({ count, effect }: { count: number; effect: SessionEffect }): JSX.Element {
  return (
    <State severity={count === 0 ? "well" : EFFECTS[effect]} text={`${plural(count, "session")} ${effect}`} />
  );
}

function Option({ change: { path, before, after } }: { change: OptionChange }): JSX.Element {
  return (
    <li>
      <code>{path}</code> <del>{written(before)}</del> <ins>{written(after)}</ins>
    </li>
  );
}

function written(value: unknown): string {
  return value === undefined ? "not set" : typeof value === "string" ? value : JSON.stringify(value);
}
