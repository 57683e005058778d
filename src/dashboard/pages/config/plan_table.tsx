import type { JSX } from "preact";
import type { Plan } from "../../api/rollouts.ts";
import { formatCount } from "../../base/format.ts";
import { ChangeList } from "../../parts/change_list.tsx";
import { State } from "../../parts/mark.tsx";
import { Empty } from "../../parts/notice.tsx";

/** What applying a config would do, before anything happens. */
export function PlanTable({ plan }: { plan: Plan }): JSX.Element {
  const { listeners, sessions, nothing } = plan;
  if (nothing) return <Empty>Nothing would change.</Empty>;
  return (
    <div class="plan">
      <p>
        Sessions: <State severity="well" text={`${formatCount(sessions.kept)} kept`} />{" "}
        <State
          severity={sessions.draining > 0 ? "warn" : "well"}
          text={`${formatCount(sessions.draining)} draining`}
        />{" "}
        <State severity={sessions.cut > 0 ? "bad" : "well"} text={`${formatCount(sessions.cut)} cut`} />
      </p>
      <ul>
        {listeners.opened.map((one) => <li key={one}>+ listens on {one}</li>)}
        {listeners.closed.map((one) => <li key={one}>− listens no more on {one}</li>)}
      </ul>
      <ChangeList change={plan} />
    </div>
  );
}
