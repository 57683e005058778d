import type { Command } from "commander";
import { type Clock, sleep, systemClock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { STATUS_WATCH_MS } from "../../base/limits.ts";
import type { AppView } from "../../control/admin/api/schemas/app.ts";
import type { StatusView } from "../../control/admin/api/status.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import type { ApiClient } from "../admin/api_client.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { apiCommand, withApi } from "./operator_command.ts";

interface StatusFlags extends AdminFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** What the command shows. */
export interface WholeStatus extends StatusView {
  /** All apps, in place of their number. */
  readonly app_list: readonly AppView[];
}

const HEADER = ["APP", "STATE", "TARGETS", "OPEN", "SESSIONS", "LISTENERS"];
/** Cursor to the top left, and all below it gone. */
const CLEAR = "\x1b[H\x1b[J";

/** `fproxy status`: the proxy and its apps. */
export function statusCommand(io: Io): Command {
  return apiCommand("status", "Shows a running proxy: its apps, their targets in service, open sessions")
    .option("--json", "prints JSON, for programs; with --watch a line each time")
    .option("-w, --watch", "shows it again every two seconds, until it is interrupted")
    .action(async (flags: StatusFlags) => {
      Deno.exitCode = await withApi("status", flags, io, async (api) => {
        if (flags.watch === true) return await watchStatus(api, flags.json === true, io, systemClock);
        const status = await wholeStatus(api);
        io.stdout(flags.json === true ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, io));
        return status.ready ? 0 : 1;
      });
    });
}

async function wholeStatus(api: Pick<ApiClient, "ask" | "all">): Promise<WholeStatus> {
  const status = await api.ask<StatusView>({ path: "/api/v1/status" });
  const { entries } = await api.all(
    "/api/v1/apps",
    (page: { readonly apps: readonly AppView[] }) => page.apps,
  );
  return { ...status, app_list: entries };
}

/** Never ends by itself. A proxy that does not answer for a while is no reason to stop looking. */
async function watchStatus(api: ApiClient, isJson: boolean, io: Io, clock: Clock): Promise<never> {
  for (;;) {
    try {
      const status = await wholeStatus(api);
      if (isJson) io.stdout(`${JSON.stringify(status)}\n`);
      else io.stdout(`${io.canRedraw ? CLEAR : ""}${statusText(status, io)}${io.canRedraw ? "" : "\n"}`);
    } catch (error) {
      if (!(error instanceof FproxyError)) throw error;
      io.stderr(`status: ${error.message}\n`);
    }
    await sleep(clock, STATUS_WATCH_MS);
  }
}

/** For people. */
export function statusText(status: WholeStatus, io: Pick<Io, "isTerminal" | "columns">): string {
  const { version, revision, ready, connections, threads, names } = status;
  const facts = [
    `fproxy ${version}, revision ${revision}, ${ready ? "ready" : "not ready"}`,
    `${connections.active} of ${connections.max} connections`,
    `${threads.length} data threads`,
    ...(names.failing === 0 ? [] : [`${names.failing} names do not resolve`]),
  ];
  const table = formatTable(
    [HEADER, ...status.app_list.map(row)],
    io.isTerminal ? io.columns : Infinity,
  );
  return `${facts.join(", ")}\n${status.app_list.length === 0 ? "" : `\n${table}`}`;
}

function row(app: AppView): string[] {
  const { name, state, ready, available, targets_total, counters, listeners } = app;
  const broken = listeners.filter(({ bound }) => !bound).length;
  return [
    name,
    ready || state !== "ready" && state !== "degraded" ? state : `${state}, not ready`,
    `${available}/${targets_total}`,
    String(counters.connections_active),
    String(counters.connections_total),
    `${listeners.map(({ listener }) => listener).join(" ")}${broken === 0 ? "" : ` (${broken} not bound)`}`,
  ];
}
