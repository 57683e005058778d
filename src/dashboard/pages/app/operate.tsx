import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { appPath, ask, failureText } from "../../api/client.ts";
import type { Target } from "../../api/types.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Notice } from "../../parts/notice.tsx";
import { type OperateAction, type OverrideForm, overrideRequest } from "../../pure/override_form.ts";

const ACTIONS: readonly (readonly [OperateAction, name: string, effect: string])[] = [
  ["drain", "Drain", "No new sessions; open ones go on, and health checks, too."],
  ["maint", "Maintenance", "As drain, and nobody checks its health."],
  ["weight", "Weight", "Another share of new sessions."],
  ["ready", "Ready", "Takes sessions whatever its agent says, if it is well."],
  ["clear", "As configured", "Takes back what an operator said."],
];
const DURATIONS: readonly (readonly [value: string, name: string])[] = [
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["4h", "4 hours"],
  ["1d", "1 day"],
  ["", "until it is taken back"],
  ["other", "another time …"],
];

interface Answer {
  readonly warnings: readonly string[];
}

/** Asks what is to be done with a target, for how long and why, and does it. */
export function Operate(
  { app, target, close, changed }: { app: string; target: Target; close: () => void; changed: () => void },
): JSX.Element {
  const form = useSignal<OverrideForm>({ action: "drain", duration: "15m", reason: "", weight: "50%" });
  const span = useSignal("15m");
  const problem = useSignal<string | null>(null);
  const warnings = useSignal<readonly string[]>([]);
  const isBusy = useSignal(false);
  const fill = (changes: Partial<OverrideForm>): void => {
    form.value = { ...form.value, ...changes };
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const request = overrideRequest(form.value);
    problem.value = request.ok ? null : request.message;
    if (!request.ok) return;
    isBusy.value = true;
    try {
      const path = `${appPath(app)}/targets/${encodeURIComponent(target.target)}/override`;
      const answer = await ask<Answer>(path, request);
      changed();
      if (answer.warnings.length === 0) close();
      warnings.value = answer.warnings;
    } catch (error) {
      problem.value = failureText(error);
    }
    isBusy.value = false;
  };
  const { action } = form.value;
  return (
    <Dialog title={`Operate ${target.target}`} close={close}>
      <form class="operate" onSubmit={(event) => void submit(event)}>
        <fieldset>
          <legend>What is to be done</legend>
          {ACTIONS.map(([value, name, effect]) => (
            <label key={value} class="radio">
              <input
                type="radio"
                name="action"
                value={value}
                checked={action === value}
                disabled={value === "clear" && target.override === null}
                onChange={() => fill({ action: value })}
              />
              <span>
                <b>{name}</b> <small class="muted">{effect}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {action === "weight"
          ? (
            <label>
              Weight <small class="muted">0 to 256, or a share of {target.config.weight}: 50%</small>
              <input
                name="weight"
                value={form.value.weight}
                onInput={({ currentTarget }) => fill({ weight: currentTarget.value })}
              />
            </label>
          )
          : null}
        {action === "clear" ? null : (
          <>
            <label>
              For how long
              <select
                name="duration"
                value={span.value}
                onChange={({ currentTarget: { value } }) => {
                  span.value = value;
                  fill({ duration: value === "other" ? "" : value });
                }}
              >
                {DURATIONS.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
              </select>
            </label>
            {span.value === "other"
              ? (
                <label>
                  Time <small class="muted">as in 90s, 20m, 2h</small>
                  <input
                    name="time"
                    onInput={({ currentTarget }) => fill({ duration: currentTarget.value })}
                  />
                </label>
              )
              : null}
            <label>
              Why
              <input
                name="reason"
                value={form.value.reason}
                maxLength={255}
                onInput={({ currentTarget }) => fill({ reason: currentTarget.value })}
              />
            </label>
          </>
        )}
        {problem.value === null ? null : <Notice severity="bad" live>{problem.value}</Notice>}
        {warnings.value.map((text) => <Notice key={text} severity="warn" live>Done, but: {text}</Notice>)}
        <div class="dialog-end">
          <button type="button" onClick={close}>{warnings.value.length > 0 ? "Close" : "Cancel"}</button>
          <button type="submit" class="primary" disabled={isBusy.value}>
            {ACTIONS.find(([value]) => value === action)?.[1] ?? ""}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
