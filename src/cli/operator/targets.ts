import type { Command } from "commander";
import type { TargetView } from "../../control/admin/api/schemas/target.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import { operate, operatorCommand, untilText } from "./operator_command.ts";

const HEADER = ["TARGET", "CONFIG", "HEALTH", "EFFECTIVE", "OPEN", "OVERRIDE"];

/** `fproxy targets`: the layers of each target of an app side by side. */
export function targetsCommand(io: Io): Command {
  return operatorCommand("targets", "Shows what config, operators and health checks say of an app's targets")
    .action(async (app: string, flags: AdminFlags) => {
      Deno.exitCode = await operate("targets", flags, io, async (client) => {
        const { targets, fails_open } = await client.targetsOf(app);
        io.stdout(formatTable([HEADER, ...targets.map(row)], io.isTerminal ? io.columns : Infinity));
        if (fails_open) io.stdout("too few targets are well: all are used\n");
        return 0;
      });
    });
}

function row(view: TargetView): string[] {
  const { target, config, health, effective, connections_active } = view;
  return [
    target,
    `weight ${config.weight}${config.backup ? " backup" : ""}`,
    health.reason === undefined ? health.state : `${health.state}: ${health.reason}`,
    `${effective.state} ${effective.weight}${effective.available ? "" : ", takes none"}`,
    String(connections_active),
    overrideCell(view),
  ];
}

function overrideCell({ override }: TargetView): string {
  const { state = null, weight = null } = override ?? {};
  const parts = [
    ...(state === null ? [] : [{ ...state, text: state.value }]),
    ...(weight === null ? [] : [{
      ...weight,
      text: `weight ${weight.value}${
        weight.config_changed ? ` (config changed since, from ${weight.configured})` : ""
      }`,
    }]),
  ];
  if (parts.length === 0) return "-";
  return parts.map(({ text, by, until, reason = "" }) =>
    `${text} by ${by}${untilText(until)}${reason === "" ? "" : `: ${reason}`}`
  ).join("; ");
}
