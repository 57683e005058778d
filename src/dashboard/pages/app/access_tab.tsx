import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { withQuery } from "../../api/client.ts";
import type { StreamState } from "../../api/follow.ts";
import type { AccessRecord } from "../../api/types.ts";
import { timer } from "../../base/clock.ts";
import { formatCount } from "../../base/format.ts";
import { Empty, Notice } from "../../parts/notice.tsx";
import {
  type AccessFilter,
  accessFilterProblem,
  isWide,
  readAccessFilter,
} from "../../pure/access_filter.ts";
import { address } from "../../state/location.ts";
import { useStream } from "../../state/use_stream.ts";
import { AccessFilterForm } from "./access_filter_form.tsx";
import { AccessList } from "./access_list.tsx";

/** Records that are kept in the page, and how many a second are asked for. */
const KEPT = 500;
const RATE = 50;
/** Records are shown in batches: the page changes twice a second at most. */
const BATCH_MS = 500;

interface Records {
  readonly shown: readonly AccessRecord[];
  /** That the proxy did not send, since there were too many. */
  readonly skipped: number;
}

/** Records of sessions, in mode `http` of requests, as they end. */
export function AccessTab({ app, isHttp }: { app: string; isHttp: boolean }): JSX.Element {
  const filter = readAccessFilter(address.value.query);
  const problem = accessFilterProblem(filter);
  const isPaused = useSignal(false);
  const { records, failure } = useRecords(app, problem === null && !isPaused.value ? filter : null);
  return (
    <>
      <AccessFilterForm
        filter={filter}
        isHttp={isHttp}
        isPaused={isPaused.value}
        pause={() => isPaused.value = !isPaused.value}
      />
      {problem === null ? null : <Notice severity="warn" live>{problem}</Notice>}
      {failure === null ? null : <Notice severity="warn" live>{failure}</Notice>}
      <p class="muted small" role="status">
        {isPaused.value ? "Paused. " : ""}
        {records.skipped === 0
          ? ""
          : `${formatCount(records.skipped)} more ended meanwhile: at most ${RATE} a second are shown.`}
      </p>
      {records.shown.length === 0
        ? (
          <Empty>
            {isWide(filter)
              ? "Nothing has ended since this was opened."
              : "Nothing like that has ended since."}
          </Empty>
        )
        : <AccessList records={records.shown} isHttp={isHttp} />}
    </>
  );
}

/** @param filter null to stop; what was found stays. */
function useRecords(
  app: string,
  filter: AccessFilter | null,
): { readonly records: Records; readonly failure: string | null } {
  const records = useSignal<Records>({ shown: [], skipped: 0 });
  const waiting = useSignal<Records>({ shown: [], skipped: 0 });
  const failure = useSignal<string | null>(null);
  const wanted = filter === null ? "" : JSON.stringify(filter);
  useEffect(() => {
    if (wanted === "") return;
    // Those that wait are of the filter before.
    records.value = waiting.value = { shown: [], skipped: 0 };
  }, [wanted]);
  const flush = (): void => {
    const { shown, skipped } = waiting.peek();
    waiting.value = { shown: [], skipped: 0 };
    const before = records.peek();
    records.value = {
      shown: [...shown, ...before.shown].slice(0, KEPT),
      skipped: before.skipped + skipped,
    };
  };
  const add = (more: Partial<Records>): void => {
    const { shown, skipped } = waiting.peek();
    if (shown.length === 0 && skipped === 0) timer(BATCH_MS, flush);
    waiting.value = { shown: [...more.shown ?? [], ...shown], skipped: skipped + (more.skipped ?? 0) };
  };
  useStream(filter === null ? null : withQuery("/api/v1/access", { app, rate: RATE, ...filter }), {
    onMessage: (event, data) => {
      if (event === "access") add({ shown: [data as AccessRecord] });
      if (event === "skipped" || event === "dropped") add({ skipped: (data as { count: number }).count });
    },
    onState: (state: StreamState) => {
      failure.value = state.type === "lost" || state.type === "refused" ? state.why : null;
    },
  });
  return { records: records.value, failure: failure.value };
}
