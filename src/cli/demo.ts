import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { errorMessage } from "../base/errors.ts";
import type { AccessLog } from "../control/telemetry/access_log.ts";
import { ask } from "./demo/ask.ts";
import { loadDemoConfig } from "./demo/demo_config.ts";
import { DemoServers } from "./demo/demo_servers.ts";
import { Demonstration } from "./demo/demonstration.ts";
import { Stage } from "./demo/stage.ts";
import type { Io } from "./io.ts";
import { configFile } from "./config_file.ts";
import { run } from "./run.ts";
import type { RunningProxy } from "./run_options.ts";

interface DemoFlags {
  readonly config: string;
}

/** `fproxy demo`: the proxy on a config whose targets are servers in this process, and a look at the balancing. */
export function demoCommand(io: Io): Command {
  return new Command("demo")
    .description("Runs the proxy with built-in targets, shows how it balances, and stops one on a key")
    .requiredOption(
      "-c, --config <file>",
      "config file; its targets on loopback addresses are served by this program",
    )
    .action(async (flags: DemoFlags) => {
      Deno.exitCode = await demo(flags.config, io);
    });
}

async function demo(configPath: string, io: Io): Promise<number> {
  const config = await loadDemoConfig(configPath);
  const { httpApps, recordsAll } = config;
  const servers = new DemoServers(
    config,
    (address, error) => io.stderr(`demo: no target on ${address}: ${errorMessage(error)}\n`),
  );
  let stage: Stage | null = null;
  const open = (log: AccessLog, proxy: RunningProxy): Promise<void> => {
    const status = proxy.status.bind(proxy);
    const show = new Demonstration({
      clock: systemClock,
      servers,
      httpApps,
      recordsAll,
      status,
      log,
      ask,
    });
    stage = new Stage({ io, proxy, show, httpApps, configPath });
    return stage.open();
  };
  try {
    const onReady = (_: unknown, log: AccessLog, proxy: RunningProxy): void => void open(log, proxy);
    return await run({ subscriber: configFile(configPath), onReady }, io);
  } finally {
    await (stage as Stage | null)?.close();
    await servers.close();
  }
}
