import type { JSX } from "preact";
import type { Rollout } from "../../api/rollouts.ts";
import { formatDateTime, formatMs, NOTHING } from "../../base/format.ts";
import { Empty, Notice } from "../../parts/notice.tsx";
import { Panel } from "../../parts/panel.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { writeAddress } from "../../pure/address.ts";
import { proxy } from "../../state/samples.ts";
import { usePolled } from "../../state/use_polled.ts";
import { ResultOf } from "./result_of.tsx";
import { receiptText } from "./receipt.tsx";

const POLL_MS = 5000;
const ROW_HEIGHT = 34;
const CARD_HEIGHT = 178;
const MAX_HEIGHT = 700;
const NAMES = ["Rollout", "Result", "When", "Took", "From", "Apps", "Receipt"];

interface RolloutsAnswer {
  readonly rollouts: readonly Rollout[];
}

/** The last rollouts, newest first. */
export function RolloutsPage(): JSX.Element {
  const version = String(proxy.value?.revision ?? "");
  const { value, failure } = usePolled<RolloutsAnswer>("/api/v1/rollouts", POLL_MS, version);
  const rollouts = value?.rollouts ?? [];
  return (
    <>
      <h1>Rollouts</h1>
      {failure === null ? null : <Notice severity="warn" live>{failure}</Notice>}
      <Panel title="Each config that was found, and what became of it">
        {rollouts.length === 0
          ? <Empty>{value === null ? "Loading …" : "There is none."}</Empty>
          : (
            <VirtualList
              label="Rollouts"
              kind="rollouts"
              head={NAMES}
              names={NAMES}
              count={rollouts.length}
              rowHeight={ROW_HEIGHT}
              cardHeight={CARD_HEIGHT}
              maxHeight={MAX_HEIGHT}
              keyOf={(index) => String(rollouts[index]?.number)}
              row={(index) => {
                const one = rollouts[index];
                if (one === undefined) return [];
                return [
                  <a key="number" href={writeAddress({ type: "rollout", number: one.number })}>
                    #{one.number}
                  </a>,
                  <ResultOf key="result" rollout={one} />,
                  formatDateTime(one.started_at),
                  formatMs(one.duration_ms),
                  one.source,
                  appsText(one),
                  receiptText(one.receipt) ?? NOTHING,
                ];
              }}
            />
          )}
      </Panel>
    </>
  );
}

function appsText({ added, changed, removed }: Rollout): string {
  const parts = [["+", added], ["~", changed], ["−", removed]] as const;
  const text = parts.filter(([, names]) => names.length > 0).map(([sign, names]) => `${sign}${names.length}`);
  return text.length === 0 ? "none touched" : text.join(" ");
}
