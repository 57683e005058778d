import { type Command, Option } from "commander";
import { formatDuration } from "../../base/duration.ts";
import { OVERRIDE_STATES, type OverrideState } from "../../control/overrides/override.ts";
import { parseOverrideWeight } from "../../control/overrides/override_weight.ts";
import { formatTarget } from "../../model/endpoint_url.ts";
import type { TargetDocument } from "../../region/model/documents.ts";
import { configOf } from "../../region/node/carried_app.ts";
import type { Stored } from "../../region/store/bucket.ts";
import type { RegionStore } from "../../region/store/region_store.ts";
import { StoreError } from "../../region/store/store_error.ts";
import { argument, durationArgument } from "../arguments.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface OverrideFlags extends RegionFlags {
  readonly state?: OverrideState;
  readonly weight?: string;
  /** Milliseconds. */
  readonly for?: number;
  readonly reason: string;
  readonly reset?: boolean;
  readonly by: string;
}

/** `fproxy region override`: what a target of an app takes, on all nodes that the app is on. */
export function overrideCommand(io: Io): Command {
  return regionCommand("override", "Sets what a target of an app takes on all nodes, or shows what was set")
    .argument("[app]", "name of the app")
    .argument("[target]", "as its app has it: HOST:PORT, or a URL")
    .addOption(
      new Option("-s, --state <state>", "`drain` and `maint` take no new sessions").choices(OVERRIDE_STATES),
    )
    .addOption(
      new Option("-w, --weight <weight>", "0 to 256, or a share of the configured weight (50%)")
        .argParser(argument((text) => String(parseOverrideWeight(text)))),
    )
    .addOption(
      new Option("-f, --for <duration>", "ends by itself after this time").argParser(durationArgument),
    )
    .option("--reason <text>", "why, for those who look at it", "")
    .option("--reset", "takes back what was set")
    .addOption(byOption())
    .action(async (app: string | undefined, target: string | undefined, flags: OverrideFlags) => {
      Deno.exitCode = await withStore("override", flags, io, async (store) => {
        if (app === undefined || target === undefined) return await list(store, app, io);
        if (flags.reset === true) return await reset(store, app, target, flags, io);
        return await set(store, app, target, flags, io);
      });
    });
}

async function set(
  store: RegionStore,
  app: string,
  target: string,
  { state, weight, for: forMs, reason, by }: OverrideFlags,
  io: Io,
): Promise<number> {
  if (state === undefined && weight === undefined) {
    throw new StoreError("store_failed", "nothing to do: give --state, --weight, or --reset");
  }
  await mustHave(store, app, target);
  await store.targets.put(`${app}/${target}`, {
    format: 1,
    state: state ?? null,
    weight: weight ?? null,
    by,
    reason,
    for_ms: forMs ?? null,
  });
  const what = [state, weight === undefined ? undefined : `weight ${weight}`].filter((one) =>
    one !== undefined
  );
  await tellRegion(store, by, "region_target_overridden", {
    app,
    target,
    ...(state === undefined ? {} : { state }),
    ...(weight === undefined ? {} : { weight }),
    ...(forMs === undefined ? {} : { seconds: forMs / 1_000 }),
    ...(reason === "" ? {} : { reason }),
  }, io);
  io.stdout(
    `${app} ${target}: ${what.join(", ")}${forMs === undefined ? "" : ` for ${formatDuration(forMs)}`}\n`,
  );
  return 0;
}

async function reset(
  store: RegionStore,
  app: string,
  target: string,
  { by }: OverrideFlags,
  io: Io,
): Promise<number> {
  const there = await store.targets.get(`${app}/${target}`);
  if (there?.value === undefined || there.value === null) {
    throw new StoreError("store_missing", `nothing was set for ${target} of app "${app}"`);
  }
  await store.targets.drop(`${app}/${target}`);
  await tellRegion(store, by, "region_target_overridden", { app, target, state: "as its config has it" }, io);
  io.stdout(`${app} ${target}: as its config has it\n`);
  return 0;
}

async function list(store: RegionStore, app: string | undefined, io: Io): Promise<number> {
  const all = [...(await store.targets.all()).values()].filter(({ name }) =>
    app === undefined || name.startsWith(`${app}/`)
  );
  const header = ["APP", "TARGET", "STATE", "WEIGHT", "WRITTEN", "FOR", "BY", "REASON"];
  const rows = all.sort((a, b) => a.name < b.name ? -1 : 1).map(row);
  io.stdout(formatTable([header, ...rows], io.isTerminal ? io.columns : Infinity));
  return 0;
}

function row({ name, value, at }: Stored<TargetDocument>): string[] {
  const slash = name.indexOf("/");
  const forMs = value?.for_ms ?? null;
  return [
    name.slice(0, slash),
    name.slice(slash + 1),
    value?.state ?? "",
    value?.weight ?? "",
    `${at.toISOString().slice(0, 19)}Z`,
    forMs === null ? "" : formatDuration(forMs),
    value?.by ?? "",
    value?.reason ?? "",
  ];
}

/** A slip of the pen would else wait for a target that never comes. @throws {StoreError} */
async function mustHave(store: RegionStore, app: string, target: string): Promise<void> {
  const document = (await store.apps.get(app))?.value ?? null;
  if (document === null) throw new StoreError("store_missing", `there is no app "${app}"`);
  const config = configOf({ document, revision: 1, turn: 0, ports: [] });
  // Of one that is not valid here, or of a service, nodes alone know the targets.
  if ("problem" in config) return;
  const keys = config.targets.map((one) => formatTarget(one));
  if (keys.includes(target) || keys.some((key) => key.startsWith("_"))) return;
  throw new StoreError("store_missing", `app "${app}" has no target ${target}; it has ${keys.join(", ")}`);
}
