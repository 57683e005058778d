import { Argument, type Command } from "commander";
import { formatDuration } from "../../base/duration.ts";
import type { SessionsCut, SessionsPage, SessionView } from "../../control/admin/api/sessions.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import type { ApiClient } from "../admin/api_client.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { apiCommand, withApi } from "./operator_command.ts";

interface SessionFlags extends AdminFlags {
  readonly target?: string;
  readonly client?: string;
  readonly id?: string;
  readonly cut?: boolean;
  readonly json?: boolean;
}

const HEADER = ["ID", "APP", "CLIENT", "TARGET", "AGE", "IN", "OUT", "REQUESTS"];
/** Longer lists are for programs, and have `--json`. */
const SHOWN = 200;

/** `fproxy sessions`: what is open now; with `--cut` it is ended. */
export function sessionsCommand(io: Io): Command {
  return apiCommand("sessions", "Shows the sessions that are open now, or ends them")
    .addArgument(new Argument("[app]", "only those of this app"))
    .option("-t, --target <target>", "only those with this target, as in the config")
    .option("--client <address>", "only those whose client's IP:PORT begins like this")
    .option("--id <id>", "only this one")
    .option("--cut", "ends them at once: all that the other options leave, of which there must be one")
    .option("--json", "prints JSON, for programs")
    .action(async (app: string | undefined, flags: SessionFlags) => {
      Deno.exitCode = await withApi("sessions", flags, io, async (api) => {
        const path = `/api/v1/sessions${queryOf(app, flags)}`;
        return flags.cut === true ? await cutAll(api, path, io) : await list(api, path, flags, io);
      });
    });
}

function queryOf(app: string | undefined, { target, client, id }: SessionFlags): string {
  const query = new URLSearchParams(
    Object.entries({ app, target, client, id }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]]
    ),
  );
  return query.size === 0 ? "" : `?${query}`;
}

async function cutAll(api: ApiClient, path: string, io: Io): Promise<number> {
  const { cut, threads_missing: missing } = await api.ask<SessionsCut>({ method: "DELETE", path });
  io.stdout(`${cut} sessions ended\n`);
  tellMissing(missing, io);
  return missing.length === 0 ? 0 : 1;
}

async function list(api: ApiClient, path: string, { json }: SessionFlags, io: Io): Promise<number> {
  if (json === true) {
    const { entries } = await api.all(path, (page: SessionsPage) => page.sessions);
    io.stdout(`${JSON.stringify(entries, null, 2)}\n`);
    return 0;
  }
  const separator = path.includes("?") ? "&" : "?";
  const { sessions, total, threads_missing } = await api.ask<SessionsPage>({
    path: `${path}${separator}limit=${SHOWN}`,
  });
  io.stdout(formatTable([HEADER, ...sessions.map(row)], io.isTerminal ? io.columns : Infinity));
  if (total > sessions.length) io.stdout(`${total - sessions.length} more; --json shows all\n`);
  tellMissing(threads_missing, io);
  return 0;
}

function row({ id, app, client, target, age_ms, bytes_in, bytes_out, requests }: SessionView): string[] {
  const age = formatDuration(Math.floor(age_ms / 1000) * 1000);
  return [
    id,
    app,
    client,
    target ?? "-",
    age,
    String(bytes_in),
    String(bytes_out),
    requests === null ? "-" : String(requests),
  ];
}

function tellMissing(threads: readonly number[], io: Io): void {
  if (threads.length > 0) io.stderr(`sessions: data thread ${threads.join(", ")} did not answer\n`);
}
