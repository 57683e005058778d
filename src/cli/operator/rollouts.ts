import { Argument, type Command } from "commander";
import { formatDuration } from "../../base/duration.ts";
import type { WholeRollout } from "../../control/admin/api/schemas/rollout.ts";
import { formatDiagnostics } from "../../control/config/mod.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import type { ApiClient } from "../admin/api_client.ts";
import { argument } from "../arguments.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { changeRows } from "./change_rows.ts";
import { apiCommand, withApi } from "./operator_command.ts";
import { receiptText } from "./receipt_text.ts";

interface RolloutFlags extends AdminFlags {
  readonly diff?: boolean;
  readonly text?: boolean;
  readonly json?: boolean;
}

type ListedRollout = Omit<
  WholeRollout,
  "diagnostics" | "change" | "changes_left_out" | "base" | "draining_now"
>;

const HEADER = ["ROLLOUT", "STARTED", "CAUSE", "RESULT", "TOOK", "APPS", "KEPT", "DRAINING", "CUT"];

/** `fproxy rollouts`: the last rollouts, or all of one. */
export function rolloutsCommand(io: Io): Command {
  return apiCommand("rollouts", "Shows the last rollouts of a running proxy, or one with its receipt")
    .addArgument(new Argument("[number]", "the rollout to show").argParser(argument(parseNumber)))
    .option("--diff", "shows in what the text of its config differs from the one before")
    .option("--text", "shows the text of its config")
    .option("--json", "prints JSON, for programs")
    .action(async (number: number | undefined, flags: RolloutFlags, command: Command) => {
      if (number === undefined && (flags.diff === true || flags.text === true)) {
        command.error("error: --diff and --text are for one rollout: give its number");
      }
      Deno.exitCode = await withApi("rollouts", flags, io, async (api) => {
        await (number === undefined ? list(api, flags, io) : show(api, number, flags, io));
        return 0;
      });
    });
}

function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new RangeError(`"${text}" is no number of a rollout`);
  return Number(text);
}

async function list(api: ApiClient, { json }: RolloutFlags, io: Io): Promise<void> {
  const { entries } = await api.all(
    "/api/v1/rollouts",
    (page: { readonly rollouts: readonly ListedRollout[] }) => page.rollouts,
  );
  if (json === true) return io.stdout(`${JSON.stringify(entries, null, 2)}\n`);
  io.stdout(formatTable([HEADER, ...entries.map(listRow)], io.isTerminal ? io.columns : Infinity));
}

function listRow(
  { number, started_at, cause, result, duration_ms, added, changed, removed, receipt }: ListedRollout,
): string[] {
  const sessions = receipt?.sessions;
  const count = (value: number | undefined): string => value === undefined ? "-" : String(value);
  return [
    String(number),
    `${started_at.slice(0, 19)}Z`,
    cause,
    result,
    formatDuration(duration_ms),
    `+${added.length} ~${changed.length} -${removed.length}`,
    count(sessions?.kept),
    count(sessions?.draining),
    count(sessions?.cut),
  ];
}

async function show(
  api: ApiClient,
  number: number,
  { diff, text, json }: RolloutFlags,
  io: Io,
): Promise<void> {
  const path = `/api/v1/rollouts/${number}`;
  if (diff === true) return io.stdout(await api.askText({ path: `${path}/diff` }));
  if (text === true) return io.stdout(await api.askText({ path: `${path}/config` }));
  const rollout = await api.ask<WholeRollout>({ path });
  io.stdout(json === true ? `${JSON.stringify(rollout, null, 2)}\n` : rolloutText(rollout, io));
}

function rolloutText(rollout: WholeRollout, io: Io): string {
  const { number, cause, source, hash, result, revision, started_at, duration_ms, error } = rollout;
  const { receipt, change, changes_left_out, diagnostics, draining_now } = rollout;
  const inForce = revision === null ? "" : `, revision ${revision}`;
  const rows = change === null ? [] : changeRows(change);
  return [
    `rollout ${number}: ${result}${inForce}${error === "" ? "" : `: ${error}`}\n`,
    `started    ${started_at}, took ${formatDuration(duration_ms)}\n`,
    `cause      ${cause}\n`,
    `config     ${source}\n`,
    hash === "" ? "" : `sha256     ${hash}\n`,
    receipt === null ? "" : receiptText(receipt, draining_now),
    rows.length === 0 ? "" : `\n${formatTable([["", "CHANGE", ""], ...rows], io.columns)}`,
    changes_left_out === 0 ? "" : `${changes_left_out} more changes are not kept\n`,
    diagnostics.length === 0
      ? ""
      : `\n${formatDiagnostics(diagnostics as Parameters<typeof formatDiagnostics>[0], io.color)}`,
  ].join("");
}
