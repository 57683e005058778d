import { Command, Option } from "commander";
import { BackOff } from "../../base/back_off.ts";
import { sleep, systemClock } from "../../base/clock.ts";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import { jsonLine, LOG_LEVELS, Logger, type LogLevel, prettyLine } from "../../base/log.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import { RegionStore } from "../../region/store/region_store.ts";
import { ControlPlane } from "../../region/leader/control_plane.ts";
import type { Provision } from "../../region/leader/node_provision.ts";
import type { Io } from "../io.ts";
import { aborted, untilSignal } from "../until_signal.ts";
import { readProvision } from "./read_provision.ts";
import { readAccess, regionCommand, type RegionFlags } from "./region_command.ts";

interface ControlFlags extends RegionFlags {
  readonly id: string;
  readonly logLevel: LogLevel;
  readonly provider?: string;
}

/** `fproxy control`: one of the controls of a region. */
export function controlCommand(io: Io): Command {
  return regionCommand("control", "Places the apps of a region on its nodes, where no other control leads")
    .addOption(
      new Option("--id <name>", "name of this control among those of the region")
        .env("HOSTNAME").default("control"),
    )
    .addOption(
      new Option("-l, --log-level <level>", "least important events that are logged").choices(LOG_LEVELS)
        .default("info"),
    )
    .option("--provider <file>", "file that says who makes nodes when nothing fits any more, and how many")
    .action(async (flags: ControlFlags) => {
      Deno.exitCode = await control(flags, io);
    });
}

const LEAST_RETRY_MS = 500;
const MOST_RETRY_MS = 15_000;

/** @returns exit code: 0 after a signal, 2 where the file of the region, or that of the provider, is not valid. */
async function control({ id, logLevel, region, provider }: ControlFlags, io: Io): Promise<number> {
  const access = await readAccess(region, io);
  if (access === null) return 2;
  const provision = provider === undefined ? undefined : await readProvision(provider, io);
  if (provision === null) return 2;
  const log = new Logger({
    level: logLevel,
    parts: {},
    clock: systemClock,
    write: (entry) => io.stderr(io.isTerminal ? prettyLine(entry, io.color) : jsonLine(entry)),
  });
  await untilSignal(async (signal) => {
    while (!signal.aborted) await controlOnce({ access, id, log, provision }, signal);
  });
  return 0;
}

/** What a control goes by. */
interface ControlSetup {
  readonly access: RegionAccess;
  readonly id: string;
  readonly log: Logger;
  readonly provision: Provision | undefined;
}

/** Controls as long as the store can be used, or until the signal is aborted. */
async function controlOnce(
  { access, id, log, provision }: ControlSetup,
  signal: AbortSignal,
): Promise<void> {
  const store = await openStore(access, log, signal);
  if (store === null) return;
  // A name that several have is no harm: whoever starts is another one.
  const plane = new ControlPlane({
    store,
    clock: systemClock,
    log,
    provision,
    id: `${id}-${crypto.randomUUID().slice(0, 8)}`,
  });
  void aborted(signal).then(() => plane.close());
  try {
    await plane.run();
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    log.warn("region_store_failed", { error: error.message });
    await Promise.race([sleep(systemClock, LEAST_RETRY_MS), aborted(signal)]);
  } finally {
    await store.close();
  }
}

/** Tries until the store can be used: controls and servers may start at the same time. Null once the signal is aborted. */
async function openStore(
  access: RegionAccess,
  log: Logger,
  signal: AbortSignal,
): Promise<RegionStore | null> {
  const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
  const onLink = (isUp: boolean, reason: string): void => {
    if (isUp) log.info("region_link_restored", { reason });
    else log.warn("region_link_lost", { reason });
  };
  while (!signal.aborted) {
    try {
      return await RegionStore.open(access, { isLasting: true, onLink });
    } catch (error) {
      log.warn("region_store_failed", { error: errorMessage(error) });
      await Promise.race([sleep(systemClock, pauses.next()), aborted(signal)]);
    }
  }
  return null;
}
