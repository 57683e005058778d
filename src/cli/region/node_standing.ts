import type { Command } from "commander";
import { sleep, systemClock } from "../../base/clock.ts";
import type { OverrideDocument } from "../../region/model/documents.ts";
import type { RegionStore } from "../../region/store/region_store.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface StandingFlags extends RegionFlags {
  readonly by: string;
  readonly wait?: boolean;
}

/** While it waits it looks this often. */
const LOOK_MS = 500;

/** `fproxy region cordon`, `uncordon` and `drain-node`: what a node takes of the region. */
export function nodeCommands(io: Io): Command[] {
  return [
    standingCommand(io, "cordon", "Gives a node no more apps; those that it has stay", "cordoned"),
    standingCommand(
      io,
      "drain-node",
      "Takes all apps off a node, each once others serve in its place",
      "draining",
    )
      .option("--wait", "returns when it carries nothing any more"),
    standingCommand(io, "uncordon", "Gives a node apps again, after cordon or drain-node", null),
  ];
}

function standingCommand(
  io: Io,
  name: string,
  description: string,
  standing: OverrideDocument["standing"] | null,
): Command {
  return regionCommand(name, description)
    .argument("<node>", "name of the node")
    .addOption(byOption())
    .action(async (node: string, flags: StandingFlags) => {
      Deno.exitCode = await withStore(name, flags, io, async (store) => {
        await mustExist(store, node);
        if (standing === null) await store.overrides.drop(node);
        else await store.overrides.put(node, { format: 1, standing, by: flags.by });
        const now = standing ?? "takes apps again";
        const fields = { node, standing: standing ?? "ready" };
        await tellRegion(store, flags.by, "region_node_standing", fields, io);
        if (flags.wait === true) await emptied(store, node);
        io.stdout(`${node}: ${flags.wait === true ? "carries nothing any more" : now}\n`);
        return 0;
      });
    });
}

/** A slip of the pen would else wait for ever. */
async function mustExist(store: RegionStore, node: string): Promise<void> {
  const [there, carries] = [await store.nodes.get(node), await store.assignments.get(node)];
  if (there?.value === undefined && carries?.value === undefined) {
    throw new StoreError("store_missing", `there is no node "${node}"`);
  }
}

async function emptied(store: RegionStore, node: string): Promise<void> {
  for (;;) {
    const { value } = await store.assignments.get(node) ?? {};
    if (Object.keys(value?.apps ?? {}).length === 0) return;
    await sleep(systemClock, LOOK_MS);
  }
}
