import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { WhyList } from "../../control/admin/api/why.ts";
import type { WhyView } from "../../control/admin/api/schemas/why.ts";
import { CLOSE_REASONS } from "../../model/close_reason.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import type { ApiClient } from "../admin/api_client.ts";
import type { Io } from "../io.ts";
import { formatWhy } from "./format_why.ts";
import { apiCommand, withApi } from "./operator_command.ts";

interface WhyFlags extends AdminFlags {
  readonly app?: string;
  readonly target?: string;
  readonly client?: string;
  readonly reason?: string;
  readonly last: number;
  readonly json?: boolean;
}

const MAX_LAST = 1000;

/** `fproxy why`: the story of one session, or of the last ones. */
export function whyCommand(io: Io): Command {
  return apiCommand(
    "why",
    "Tells why a session went as it did: who was passed over, what was tried, who closed",
  )
    .addArgument(new Argument("[id]", "of its access record, or of `fproxy sessions`; else the last ones"))
    .option("--app <name>", "the last of this app")
    .option("-t, --target <target>", "the last that this target took, or that tried it")
    .option("--client <address>", "the last of clients whose IP:PORT begins like this")
    .addOption(new Option("--reason <reason>", "the last that ended for this reason").choices(CLOSE_REASONS))
    .addOption(
      new Option("--last <number>", `how many of them, 1 to ${MAX_LAST}, the newest first`).default(1)
        .argParser(parseLast),
    )
    .option("--json", "prints JSON, for programs")
    .action(async (id: string | undefined, flags: WhyFlags, command: Command) => {
      if (id !== undefined && isFiltered(flags)) command.error("error: give an id or filters, not both");
      Deno.exitCode = await withApi("why", flags, io, async (api) => {
        if (id !== undefined) return tellOne(await askOne(api, id), flags, io);
        return tellMany(await askMany(api, flags), flags, io);
      });
    });
}

function parseLast(text: string): number {
  const last = Number(text);
  if (/^\d{1,4}$/.test(text) && last >= 1 && last <= MAX_LAST) return last;
  throw new InvalidArgumentError(`must be 1 to ${MAX_LAST}`);
}

function isFiltered({ app, target, client, reason }: WhyFlags): boolean {
  return [app, target, client, reason].some((value) => value !== undefined);
}

function askOne(api: ApiClient, id: string): Promise<WhyView> {
  return api.ask<WhyView>({ path: `/api/v1/why/${encodeURIComponent(id)}` });
}

function askMany(api: ApiClient, { app, target, client, reason, last }: WhyFlags): Promise<WhyList> {
  const given = Object.entries({ app, target, client, reason, limit: String(last) });
  const query = new URLSearchParams(
    given.flatMap(([key, value]) => value === undefined ? [] : [[key, value]]),
  );
  return api.ask<WhyList>({ path: `/api/v1/why?${query}` });
}

function tellOne(view: WhyView, { json }: WhyFlags, io: Io): number {
  io.stdout(json === true ? `${JSON.stringify(view, null, 2)}\n` : formatWhy(view));
  return 0;
}

function tellMany({ traces, threads_missing }: WhyList, { json }: WhyFlags, io: Io): number {
  if (json === true) io.stdout(`${JSON.stringify(traces, null, 2)}\n`);
  else io.stdout(traces.map(formatWhy).join("\n"));
  if (threads_missing.length > 0) {
    io.stderr(`why: data thread ${threads_missing.join(", ")} did not answer\n`);
  }
  if (traces.length > 0) return 0;
  io.stderr("why: no such session is remembered\n");
  return 1;
}
