import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiFailure, ask, failureText } from "../../api/client.ts";
import type { ConfigText, RunningConfig, Validation, WholeRollout } from "../../api/rollouts.ts";
import { timer } from "../../base/clock.ts";
import { plural } from "../../base/format.ts";
import { Diagnostics } from "../../parts/diagnostics.tsx";
import { State } from "../../parts/mark.tsx";
import { Empty, Notice } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { writeAddress } from "../../pure/address.ts";
import { useTextEditor } from "./use_text_editor.ts";
import { PlanTable } from "./plan_table.tsx";

/** After the last key, before the proxy is asked. */
const QUIET_MS = 350;
const CHANGED = 412;

/** Edits the text: what is wrong shows at its line while one types; what is valid can be applied, where that is allowed. */
export function ConfigEditor(
  { before, running, reload }: { before: ConfigText; running: RunningConfig; reload: () => Promise<void> },
): JSX.Element {
  const text = useSignal(before.text);
  const { holder, editor } = useTextEditor(before.text, (now) => text.value = now);
  const { validation, isAsking, failure } = useValidation(text.value);
  const found = validation?.diagnostics ?? [];
  useEffect(() => editor.value?.show(found), [editor.value, validation]);
  const outcome = useSignal<{ readonly rollout: WholeRollout | null } | null>(null);
  const problem = useSignal<{ readonly text: string; readonly isStale: boolean } | null>(null);
  const isBusy = useSignal(false);
  const isSame = text.value === before.text;
  const apply = async (): Promise<void> => {
    isBusy.value = true;
    problem.value = null;
    outcome.value = null;
    try {
      const headers = { "if-match": before.etag };
      const rollout = await ask<WholeRollout | null>("/api/v1/config", {
        method: "PUT",
        body: text.value,
        headers,
      });
      outcome.value = { rollout };
    } catch (error) {
      problem.value = {
        text: failureText(error),
        isStale: error instanceof ApiFailure && error.status === CHANGED,
      };
    }
    isBusy.value = false;
  };
  const hindrance = !running.writable
    ? "Applying from here is off: set admin.config_writes in the config, or save this text to its file."
    : isSame
    ? "Nothing is changed."
    : validation === null || isAsking
    ? "It is being checked."
    : validation.valid
    ? null
    : "What is wrong cannot be applied.";
  return (
    <div class="config">
      <Panel
        title={running.source}
        side={<Verdict validation={validation} isAsking={isAsking} failure={failure} />}
      >
        <div class="editor" ref={holder} />
        <div class="dialog-end">
          <span class="muted" id="hindrance">{hindrance ?? ""}</span>
          <button type="button" disabled={isSame} onClick={() => editor.value?.setText(before.text)}>
            Undo all
          </button>
          <button
            type="button"
            class="primary"
            aria-describedby="hindrance"
            disabled={hindrance !== null || isBusy.value}
            onClick={() => void apply()}
          >
            Apply
          </button>
        </div>
        {problem.value === null ? null : (
          <Notice severity="bad" live>
            {problem.value.text} {problem.value.isStale
              ? <button type="button" onClick={() => void reload()}>Load the new text</button>
              : null}
          </Notice>
        )}
        {outcome.value === null ? null : <Applied rollout={outcome.value.rollout} again={reload} />}
      </Panel>
      <div class="config-side">
        <Panel title="Mistakes and doubts">
          {validation === null || validation.diagnostics.length === 0
            ? <Empty>{validation === null ? "Checking …" : "None."}</Empty>
            : (
              <Diagnostics
                all={validation.diagnostics}
                onPlace={({ place }) => place !== null && editor.value?.goTo(place.line, place.column)}
              />
            )}
        </Panel>
        {validation?.plan === null || validation?.plan === undefined
          ? null
          : (
            <Panel title="Plan: what applying it would do">
              <PlanTable plan={validation.plan} />
            </Panel>
          )}
      </div>
    </div>
  );
}

function Verdict(
  { validation, isAsking, failure }: {
    validation: Validation | null;
    isAsking: boolean;
    failure: string | null;
  },
): JSX.Element {
  if (failure !== null) {
    return (
      <span role="status">
        <State severity="warn" text={failure} />
      </span>
    );
  }
  const errors = validation?.diagnostics.filter(({ severity }) => severity === "error").length ?? 0;
  return (
    <span role="status" class={isAsking ? "muted" : ""}>
      {validation === null
        ? "Checking …"
        : validation.valid
        ? <State severity="well" text="valid" />
        : <State severity="bad" text={plural(errors, "mistake")} />}
    </span>
  );
}

function Applied(
  { rollout, again }: { rollout: WholeRollout | null; again: () => Promise<void> },
): JSX.Element {
  return (
    <Notice severity={rollout?.result === "applied" || rollout === null ? "well" : "bad"} live>
      {rollout === null ? "It is being rolled out; the rollouts will tell." : (
        <>
          <a href={writeAddress({ type: "rollout", number: rollout.number })}>Rollout #{rollout.number}</a>
          {" "}
          {rollout.result} {rollout.error}
        </>
      )} <button type="button" onClick={() => void again()}>Edit further</button>
    </Notice>
  );
}

interface Validating {
  readonly validation: Validation | null;
  readonly isAsking: boolean;
  readonly failure: string | null;
}

/** Has the text checked when nobody has typed for a moment. */
function useValidation(text: string): Validating {
  const state = useSignal<Validating>({ validation: null, isAsking: true, failure: null });
  useEffect(() => {
    const abort = new AbortController();
    state.value = { ...state.peek(), isAsking: true };
    const check = async (): Promise<void> => {
      try {
        const options = { method: "POST", body: text, signal: abort.signal } as const;
        const validation = await ask<Validation>("/api/v1/config/validate", options);
        state.value = { validation, isAsking: false, failure: null };
      } catch (error) {
        if (!abort.signal.aborted) {
          state.value = { ...state.peek(), isAsking: false, failure: failureText(error) };
        }
      }
    };
    const cancel = timer(QUIET_MS, () => void check());
    return () => {
      cancel();
      abort.abort();
    };
  }, [text]);
  return state.value;
}
