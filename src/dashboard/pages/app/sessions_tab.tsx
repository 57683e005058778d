import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { ask, failureText, withQuery } from "../../api/client.ts";
import type { Session, SessionsPage } from "../../api/types.ts";
import { formatBytes, formatSpan, NOTHING, plural } from "../../base/format.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty, Notice } from "../../parts/notice.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { usePolled } from "../../state/use_polled.ts";
import { who } from "../../state/who.ts";

/** Data threads are asked for them, which takes them some milliseconds. */
const POLL_MS = 3000;
const LIMIT = 500;
const ROW_HEIGHT = 32;
const CARD_HEIGHT = 190;
const MAX_HEIGHT = 480;
const NAMES = ["Client", "Target", "Listener", "Open for", "From client", "To client", "Requests", ""];

/** Sessions of an app that are open now; one can be ended. */
export function SessionsTab({ app }: { app: string }): JSX.Element {
  const path = withQuery("/api/v1/sessions", { app, limit: LIMIT });
  const { value, failure, refresh } = usePolled<SessionsPage>(path, POLL_MS);
  const ending = useSignal<Session | null>(null);
  if (value === null) return <Empty>{failure ?? "Asking the data threads …"}</Empty>;
  const { sessions, total } = value;
  const refusal = who.value?.read_only_because ?? null;
  return (
    <>
      {failure === null ? null : <Notice severity="warn" live>{failure}</Notice>}
      <p class="muted small" role="status">
        {plural(total, "session")}
        {total > sessions.length ? `, of which ${sessions.length} are shown` : ""}
      </p>
      {sessions.length === 0 ? <Empty>None is open.</Empty> : (
        <VirtualList
          label="Open sessions"
          kind="sessions"
          head={NAMES.map((name) => name === "" ? <span key="end" class="only-heard">End</span> : name)}
          names={NAMES}
          count={sessions.length}
          rowHeight={ROW_HEIGHT}
          cardHeight={CARD_HEIGHT}
          maxHeight={MAX_HEIGHT}
          keyOf={(index) => sessions[index]?.id ?? ""}
          row={(index) => {
            const session = sessions[index];
            return session === undefined ? [] : rowOf(session, refusal, () => ending.value = session);
          }}
        />
      )}
      {ending.value === null
        ? null
        : <EndSession app={app} session={ending.value} close={() => ending.value = null} changed={refresh} />}
    </>
  );
}

function rowOf(session: Session, refusal: string | null, end: () => void): readonly ComponentChildren[] {
  const { client, target, listener, age_ms, bytes_in, bytes_out, requests } = session;
  return [
    client,
    target ?? NOTHING,
    listener,
    formatSpan(age_ms),
    formatBytes(bytes_in),
    formatBytes(bytes_out),
    requests ?? NOTHING,
    <button
      key="end"
      type="button"
      class="small-button"
      disabled={refusal !== null}
      title={refusal ?? "End it at once"}
      aria-label={`End the session of ${client}`}
      onClick={end}
    >
      End
    </button>,
  ];
}

function EndSession(
  { app, session, close, changed }: { app: string; session: Session; close: () => void; changed: () => void },
): JSX.Element {
  const problem = useSignal<string | null>(null);
  const end = async (): Promise<void> => {
    try {
      await ask(withQuery("/api/v1/sessions", { app, id: session.id }), { method: "DELETE" });
      changed();
      close();
    } catch (error) {
      problem.value = failureText(error);
    }
  };
  return (
    <Dialog title={`End the session of ${session.client}?`} close={close}>
      <p>
        Both sides are cut off at once. Its access record will say <code>admin</code>.
      </p>
      {problem.value === null ? null : <Notice severity="bad" live>{problem.value}</Notice>}
      <div class="dialog-end">
        <button type="button" onClick={close}>Cancel</button>
        <button type="button" class="danger" onClick={() => void end()}>End it</button>
      </div>
    </Dialog>
  );
}
