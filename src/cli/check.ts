import { Command, Option } from "commander";
import { systemClock } from "../base/clock.ts";
import { formatDiagnostics, loadConfigFile, processEnvironment } from "../control/config/mod.ts";
import { formatHostPort } from "../model/address.ts";
import type { AppConfig, Config, TargetConfig } from "../model/config.ts";
import { STRATEGY_NAMES } from "../model/config_strategy.ts";
import { formatTarget } from "../model/endpoint_url.ts";
import { explain } from "./explain/explain.ts";
import { addExplainFlags, askedBy, type ExplainFlags } from "./explain/explain_flags.ts";
import { formatExplanation } from "./explain/format_explanation.ts";
import type { Io } from "./io.ts";
import { formatTable } from "./table.ts";

/** The command line of {@link check}. */
export function checkCommand(io: Io): Command {
  const command = new Command("check")
    .description("Checks a config and shows its apps, listeners and targets")
    .addOption(
      new Option("-c, --config <file>", "config file, YAML or JSON").env("FPROXY_CONFIG_PATH")
        .makeOptionMandatory(),
    );
  return addExplainFlags(command).action(async (flags: ExplainFlags & { readonly config: string }) => {
    Deno.exitCode = await check(flags.config, io, flags);
  });
}

/**
 * `fproxy check`: validates a config file as the proxy itself would and shows what it says; with `--explain` what a client
 * would get instead.
 * @returns exit code: 0 when the file is valid (there may be warnings), 2 when it is not, or the question does not fit it.
 */
export async function check(configPath: string, io: Io, flags: ExplainFlags = {}): Promise<number> {
  const result = await loadConfigFile(configPath, processEnvironment, { strategies: STRATEGY_NAMES });
  if (!result.ok) {
    io.stderr(formatDiagnostics(result.diagnostics, io.color));
    const errors = result.diagnostics.filter(({ severity }) => severity === "error").length;
    io.stderr(`\n${configPath} is not valid: ${count(errors, "error")}\n`);
    return 2;
  }
  if (result.warnings.length > 0) io.stderr(formatDiagnostics(result.warnings, io.color) + "\n");
  const maxWidth = io.isTerminal ? io.columns : Infinity;
  try {
    const asked = askedBy(flags, () => systemClock.wallTime());
    io.stdout(
      asked === null
        ? summary(configPath, result.config, maxWidth)
        : formatExplanation(explain(result.config, asked), asked, maxWidth),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    io.stderr(`error: ${error.message}\n`);
    return 2;
  }
}

function summary(configPath: string, { apps }: Config, maxWidth: number): string {
  const rows = [["APP", "MODE", "LISTENER", "TARGET", "WEIGHT"], ...apps.flatMap(appRows)];
  const listeners = apps.reduce((sum, app) => sum + app.ports.length, 0);
  const targets = apps.reduce((sum, app) => sum + app.targets.length, 0);
  const counts = [count(apps.length, "app"), count(listeners, "listener"), count(targets, "target")].join(
    ", ",
  );
  return `${apps.length > 0 ? `${formatTable(rows, maxWidth)}\n` : ""}${configPath} is valid: ${counts}\n`;
}

/** As many lines as the longer of the two lists needs. */
function appRows(app: AppConfig): string[][] {
  const { name, ports, targets } = app;
  return Array.from({ length: Math.max(ports.length, targets.length) }, (_, row) => {
    const port = ports[row];
    const target = targets[row];
    return [
      row === 0 ? name : "",
      row === 0 ? mode(app) : "",
      port === undefined ? "" : formatHostPort(port.host, port.port),
      target === undefined ? "" : formatTarget(target),
      target === undefined ? "" : weight(target),
    ];
  });
}

/** What clients speak, and for HTTP how endpoints are asked. */
function mode({ http, tls }: AppConfig): string {
  return http === null ? "tcp" : `${tls === null ? "http" : "https"}, ${http.dispatch}`;
}

function weight(target: TargetConfig): string {
  return target.backup ? `${target.weight} backup` : String(target.weight);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
