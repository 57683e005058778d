import { type Command, Option } from "commander";
import { systemClock } from "../../base/clock.ts";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import { LOG_LEVELS, type Logger, type LogLevel } from "../../base/log.ts";
import { formatAddress } from "../../model/address.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import { ControlPlane } from "../../region/leader/control_plane.ts";
import type { ListenAddress } from "../../model/host_port.ts";
import { RegionLog } from "../../region/events/region_log.ts";
import type { Provision } from "../../region/leader/node_provision.ts";
import { listenArgument } from "../arguments.ts";
import type { Io } from "../io.ts";
import { aborted, untilSignal } from "../until_signal.ts";
import { ControlServer } from "./control_server.ts";
import { openLasting, pauseBeforeRetry, programLog } from "./lasting_store.ts";
import { readProvision } from "./read_provision.ts";
import { readAccess, regionCommand, type RegionFlags } from "./region_command.ts";

interface ControlFlags extends RegionFlags {
  readonly id: string;
  readonly listen?: ListenAddress;
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
      new Option("--listen <address>", "where /livez, /readyz and /metrics are shown; nowhere unless given")
        .env("FPROXY_CONTROL_LISTEN").argParser(listenArgument),
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

/** @returns exit code: 0 after a signal, 1 where it cannot listen, 2 where the file of the region, or that of the
 * provider, is not valid. */
async function control({ id, listen, logLevel, provider, region }: ControlFlags, io: Io): Promise<number> {
  const access = await readAccess(region, io);
  if (access === null) return 2;
  const provision = provider === undefined ? undefined : await readProvision(provider, io);
  if (provision === null) return 2;
  const log = programLog(logLevel, io);
  let server: ControlServer | null = null;
  try {
    server = listen === undefined ? null : new ControlServer(listen);
  } catch (error) {
    io.stderr(
      `control: cannot listen on ${formatAddress({ ip: listen!.host, port: listen!.port })}: ${
        errorMessage(error)
      }\n`,
    );
    return 1;
  }
  await untilSignal(async (signal) => {
    while (!signal.aborted) await controlOnce({ access, name: id, log, provision, server }, signal);
  });
  await server?.close();
  return 0;
}

/** What a control goes by. */
interface ControlSetup {
  readonly access: RegionAccess;
  readonly name: string;
  readonly log: Logger;
  readonly provision: Provision | undefined;
  /** Shows it, where it is shown. */
  readonly server: ControlServer | null;
}

/** Controls as long as the store can be used, or until the signal is aborted. */
async function controlOnce(
  { access, name, log, provision, server }: ControlSetup,
  signal: AbortSignal,
): Promise<void> {
  const store = await openLasting(access, log, signal);
  if (store === null) return;
  // A name that several have is no harm: whoever starts is another one.
  const id = `${name}-${crypto.randomUUID().slice(0, 8)}`;
  const plane = new ControlPlane({
    store,
    clock: systemClock,
    log: new RegionLog(log, ["control", id], () => store.events),
    provision,
    id,
  });
  if (server !== null) server.plane = plane;
  void aborted(signal).then(() => plane.close());
  try {
    await plane.run();
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    log.warn("region_store_failed", { error: error.message });
    await pauseBeforeRetry(signal);
  } finally {
    if (server !== null) server.plane = null;
    await store.close();
  }
}
