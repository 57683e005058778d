import type { Command } from "commander";
import { placementApp } from "../../region/leader/wanted_assignments.ts";
import type { AssignmentDocument, RolloutDocument, StateDocument } from "../../region/model/documents.ts";
import type { Stored } from "../../region/store/bucket.ts";
import type { RegionStore } from "../../region/store/region_store.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

/** `fproxy region status`: who leads, the nodes and what they carry, the apps and how many of their replicas serve. */
export function statusCommand(io: Io): Command {
  return regionCommand("status", "Shows the nodes of a region, its apps, and how they are")
    .action(async (flags: RegionFlags) => {
      Deno.exitCode = await withStore("status", flags, io, async (store) => {
        io.stdout(await statusText(store, io.isTerminal ? io.columns : Infinity));
        return 0;
      });
    });
}

async function statusText(store: RegionStore, maxWidth: number): Promise<string> {
  const [leader, nodes, apps, assignments, states, rollouts, overrides, scales, provided] = await Promise.all(
    [
      store.leader.get("leader"),
      store.nodes.all(),
      store.apps.all(),
      store.assignments.all(),
      store.states.all(),
      store.rollouts.all(),
      store.overrides.all(),
      store.scales.all(),
      store.provided.all(),
    ],
  );
  const isReady = (node: string, app: string): boolean => {
    const state = states.get(`${node}/${app}`)?.value;
    // What a node said before it was gone, or was started anew, does not count.
    return state?.state === "ready" && state.run === nodes.get(node)?.value?.run;
  };
  const names = [...new Set([...nodes.keys(), ...carrying(assignments), ...provided.keys()])].sort();
  const nodeRows = names.map((name) => {
    const carried = Object.keys(assignments.get(name)?.value?.apps ?? {});
    const ready = carried.filter((app) => isReady(name, app)).length;
    const node = nodes.get(name)?.value;
    return [
      name,
      node?.zone ?? "",
      node?.address ?? "",
      node === undefined
        ? provided.has(name) ? "asked for" : "gone"
        : overrides.get(name)?.value?.standing ?? "there",
      `${ready} of ${carried.length}`,
    ];
  });
  const appRows = [...apps.values()].sort((a, b) => a.name < b.name ? -1 : 1).map(
    ({ name, value, revision }) => {
      const wanted = value === null
        ? 0
        : placementApp(name, value, scales.get(name)?.value?.replicas)?.replicas ?? 0;
      const on = names.filter((node) => assignments.get(node)?.value?.apps[name] !== undefined);
      const ready = on.filter((node) => isReady(node, name)).length;
      return [
        name,
        String(wanted),
        String(ready),
        String(revision),
        legOf(rollouts.get(name)?.value),
        troubleOf(name, on, states),
      ];
    },
  );
  return [
    `leader: ${leader?.value?.id ?? "none"}\n\n`,
    formatTable([["NODE", "ZONE", "ADDRESS", "STATE", "READY"], ...nodeRows], maxWidth),
    "\n",
    formatTable([["APP", "WANTED", "READY", "REVISION", "ROLLOUT", "TROUBLE"], ...appRows], maxWidth),
  ].join("");
}

function carrying(assignments: ReadonlyMap<string, Stored<AssignmentDocument>>): string[] {
  return [...assignments.values()].flatMap(({ name, value }) =>
    Object.keys(value?.apps ?? {}).length === 0 ? [] : [name]
  );
}

function legOf(rollout: RolloutDocument | null | undefined): string {
  if (rollout === null || rollout === undefined) return "";
  return rollout.paused ? `${rollout.leg}, paused` : rollout.leg;
}

/** What keeps replicas of an app from being ready. */
function troubleOf(
  app: string,
  nodes: readonly string[],
  states: ReadonlyMap<string, Stored<StateDocument>>,
): string {
  const said = nodes.flatMap((node) => {
    const state = states.get(`${node}/${app}`)?.value;
    if (state === undefined || state === null) return [`${node}: not told yet`];
    return state.state === "ready" ? [] : [`${node}: ${state.reason}`];
  });
  return said.join("; ");
}
