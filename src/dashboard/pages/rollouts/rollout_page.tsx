import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiFailure, failureText, request } from "../../api/client.ts";
import type { WholeRollout } from "../../api/rollouts.ts";
import { formatDateTime, formatMs } from "../../base/format.ts";
import { Diagnostics } from "../../parts/diagnostics.tsx";
import { Empty, Notice } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { writeAddress } from "../../pure/address.ts";
import { diffLines } from "../../pure/diff_lines.ts";
import { usePolled } from "../../state/use_polled.ts";
import { ChangeList } from "../../parts/change_list.tsx";
import { ReceiptTable } from "./receipt.tsx";
import { ResultOf } from "./result_of.tsx";

/** Sessions that drain become fewer. */
const POLL_MS = 3000;
const NOT_FOUND = 404;

/** One rollout: its result, its receipt, what was wrong, and what it changed. */
export function RolloutPage({ number }: { number: number }): JSX.Element {
  const { value, failure } = usePolled<WholeRollout>(`/api/v1/rollouts/${number}`, POLL_MS);
  const diff = useDiff(number);
  if (value === null) {
    return failure === null ? <Empty>Loading …</Empty> : <Notice severity="warn">{failure}</Notice>;
  }
  const { source, started_at, duration_ms, revision, diagnostics, error, receipt } = value;
  return (
    <>
      <p>
        <a href={writeAddress({ type: "rollouts" })}>← All rollouts</a>
      </p>
      <section class="app-head">
        <h1>Rollout #{number}</h1>
        <ResultOf rollout={value} />
        <dl class="facts">
          <Fact name="When" value={formatDateTime(started_at)} />
          <Fact name="Took" value={formatMs(duration_ms)} />
          <Fact name="From" value={source} />
          <Fact name="Config" value={revision === null ? "not in force" : String(revision)} />
          <Fact name="Hash" value={value.hash === "" ? "none" : value.hash.slice(0, 12)} />
        </dl>
      </section>
      {error === "" ? null : <Notice severity="bad">{error}</Notice>}
      {value.change === null || value.change === undefined
        ? <TouchedApps rollout={value} />
        : (
          <Panel title="What it changed">
            <ChangeList change={value.change} />
          </Panel>
        )}
      {receipt === null || receipt === undefined ? null : (
        <Panel title="Receipt">
          <ReceiptTable receipt={receipt} drainingNow={value.draining_now ?? 0} />
        </Panel>
      )}
      {diagnostics.length === 0 ? null : (
        <Panel title="Mistakes and doubts">
          <Diagnostics all={diagnostics} />
        </Panel>
      )}
      {diff.text === null && diff.failure === null ? null : (
        <Panel title="What changed in the text">
          {diff.failure === null
            ? <Diff text={diff.text ?? ""} />
            : <Notice severity="warn">{diff.failure}</Notice>}
        </Panel>
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function TouchedApps({ rollout: { added, changed, removed } }: { rollout: WholeRollout }): JSX.Element {
  const lists = [["Added", added], ["Changed", changed], ["Removed", removed]] as const;
  const shown = lists.filter(([, names]) => names.length > 0);
  return (
    <Panel title="Apps">
      {shown.length === 0 ? <Empty>No app was touched.</Empty> : (
        <dl class="facts">
          {shown.map(([name, names]) => <Fact key={name} name={name} value={names.join(", ")} />)}
        </dl>
      )}
    </Panel>
  );
}

function Diff({ text }: { text: string }): JSX.Element {
  const lines = diffLines(text);
  if (lines.length === 0) return <Empty>The text is the same.</Empty>;
  return (
    <pre class="diff" tabIndex={0} aria-label="Difference">
      {lines.map(({ kind, text }, index) => <span key={index} class={`diff-${kind}`}>{text}</span>)}
    </pre>
  );
}

/** The diff as text; null while it is not there, and where this proxy keeps none. */
function useDiff(number: number): { readonly text: string | null; readonly failure: string | null } {
  const found = useSignal<{ text: string | null; failure: string | null }>({ text: null, failure: null });
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        found.value = {
          text: await (await request(`/api/v1/rollouts/${number}/diff`)).text(),
          failure: null,
        };
      } catch (error) {
        const isKept = !(error instanceof ApiFailure && error.status === NOT_FOUND);
        found.value = { text: null, failure: isKept ? failureText(error) : null };
      }
    };
    void load();
  }, [number]);
  return found.value;
}
