import { Command, Option } from "commander";
import { dirname, resolve } from "node:path";
import { FproxyError } from "../../base/errors.ts";
import type { LogEvent, LogEventFields } from "../../base/log_events.ts";
import { formatDiagnostics, loadValues, processEnvironment } from "../../control/config/mod.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import { regionEvent } from "../../region/events/region_log.ts";
import { regionFile } from "../../region/model/region_file.ts";
import { RegionStore } from "../../region/store/region_store.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";

/** Flags of every command of a region. */
export interface RegionFlags {
  /** Path of the file that says how the region is reached. */
  readonly region: string;
}

/** A command that uses the store of a region. */
export function regionCommand(name: string, description: string): Command {
  return new Command(name).description(description).addOption(
    new Option("-r, --region <file>", "file that says how the region is reached: servers, credentials")
      .env("FPROXY_REGION").makeOptionMandatory(),
  );
}

/** Who it is, for histories. */
export function byOption(): Option {
  return new Option("--by <name>", "who you are, for the history").env("USER").default("unknown");
}

/**
 * Runs a command on the store of a region and says what failed.
 * @returns exit code: what `work` gives, 1 where it failed, 2 where the file of the region is not valid.
 */
export async function withStore(
  name: string,
  { region: path }: RegionFlags,
  io: Io,
  work: (store: RegionStore, access: RegionAccess) => Promise<number>,
): Promise<number> {
  const access = await readAccess(path, io);
  if (access === null) return 2;
  let store: RegionStore | null = null;
  try {
    store = await RegionStore.open(access);
    return await work(store, access);
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    io.stderr(`${name}: ${error.message}\n`);
    return 1;
  } finally {
    await store?.close();
  }
}

/** Has the region remember what an operator did. What was done stays done when that fails. */
export async function tellRegion<Event extends LogEvent>(
  store: Pick<RegionStore, "events">,
  by: string,
  event: Event,
  fields: LogEventFields<Event>,
  io: Io,
): Promise<void> {
  const who = ["operator", by] as const;
  try {
    await store.events.tell(who, regionEvent("info", event, who, fields));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    io.stderr(`${error.message}\n`);
  }
}

/** How the region is reached; null where the file is not valid, which is told. */
export async function readAccess(path: string, io: Io): Promise<RegionAccess | null> {
  const file = await loadValues(path, processEnvironment, regionFile);
  if (file.ok) return besideFile(file.value, path);
  io.stderr(`${formatDiagnostics(file.diagnostics, io.color)}\n`);
  return null;
}

/** Relative paths count from the folder of the file, which is moved as a whole. */
export function besideFile({ credentials, ca_file, ...rest }: RegionAccess, path: string): RegionAccess {
  const beside = (one: string): string => resolve(dirname(path), one);
  return {
    ...rest,
    ...(credentials === undefined ? {} : { credentials: beside(credentials) }),
    ...(ca_file === undefined ? {} : { ca_file: beside(ca_file) }),
  };
}
