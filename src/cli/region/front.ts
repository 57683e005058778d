import { Command, Option } from "commander";
import { dirname, resolve } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { LOG_LEVELS, type Logger, type LogLevel } from "../../base/log.ts";
import { formatDiagnostics, loadValues, processEnvironment } from "../../control/config/mod.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import { RegionLog } from "../../region/events/region_log.ts";
import { type OpenFront, openFront } from "../../region/fronts/drivers.ts";
import { type FrontFile, frontFile } from "../../region/fronts/front_file.ts";
import { Fronts } from "../../region/fronts/fronts.ts";
import type { Io } from "../io.ts";
import { aborted, untilSignal } from "../until_signal.ts";
import { openLasting, pauseBeforeRetry, programLog } from "./lasting_store.ts";
import { besideFile } from "./region_command.ts";

interface FrontFlags {
  readonly config: string;
  readonly logLevel: LogLevel;
}

/** `fproxy front`: has programs that others wrote follow the apps of a region. */
export function frontCommand(io: Io): Command {
  return new Command("front")
    .description("Has HAProxy, a DNS server or a program of yours follow where the apps of a region are")
    .addOption(
      new Option("-c, --config <file>", "file of the fronts: the region, and who follows it")
        .env("FPROXY_FRONT").makeOptionMandatory(),
    )
    .addOption(
      new Option("-l, --log-level <level>", "least important events that are logged").choices(LOG_LEVELS)
        .default("info"),
    )
    .action(async (flags: FrontFlags) => {
      Deno.exitCode = await front(flags, io);
    });
}

/** @returns exit code: 0 after a signal, 2 where the file is not valid. */
async function front({ config: path, logLevel }: FrontFlags, io: Io): Promise<number> {
  const file = await loadValues(path, processEnvironment, frontFile);
  if (!file.ok) {
    io.stderr(`${formatDiagnostics(file.diagnostics, io.color)}\n`);
    return 2;
  }
  const { region, name, fronts } = file.value;
  const opened = openAll(fronts, resolve(dirname(path)), io);
  if (opened === null) return 2;
  const log = programLog(logLevel, io);
  const access = besideFile(region, path);
  await untilSignal(async (signal) => {
    while (!signal.aborted) await followOnce(access, name, opened, log, signal);
  });
  return 0;
}

/** Null where a file that a front needs cannot be used, which is told. */
function openAll(fronts: FrontFile["fronts"], folder: string, io: Io): OpenFront[] | null {
  try {
    return fronts.map((settings) => openFront(settings, { clock: systemClock, folder }));
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    io.stderr(`front: ${error.message}\n`);
    return null;
  }
}

/** Follows the region as long as the store can be used, or until the signal is aborted. */
async function followOnce(
  access: RegionAccess,
  name: string,
  fronts: readonly OpenFront[],
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const store = await openLasting(access, log, signal);
  if (store === null) return;
  const told = new RegionLog(log, ["front", name], () => store.events);
  const following = new Fronts({ store, name, fronts, clock: systemClock, log: told });
  void aborted(signal).then(() => following.close());
  try {
    told.info("front_joined", { region: access.region, fronts: fronts.map((one) => `${name}/${one.name}`) });
    await following.run();
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    log.warn("region_store_failed", { error: error.message });
    await pauseBeforeRetry(signal);
  } finally {
    await store.close();
  }
}
