import { type Command, Option } from "commander";
import { LIVE_EVENTS_KEPT } from "../../base/limits.ts";
import { LOG_LEVELS } from "../../base/log.ts";
import { type AdminAccess, adminAccess, type AdminFlags } from "../admin/admin_options.ts";
import { type AdminEvent, adminEvents } from "../admin/event_stream.ts";
import { followEvents } from "../admin/follow_events.ts";
import { countArgument } from "../arguments.ts";
import type { Io } from "../io.ts";
import { LogPrinter } from "../logs/log_printer.ts";
import { usageError } from "../test_options.ts";
import { apiCommand, tellFailure } from "./operator_command.ts";

interface LogFlags extends AdminFlags {
  readonly follow?: boolean;
  readonly app?: readonly string[];
  readonly level?: string;
  readonly access?: boolean;
  readonly last: number;
  readonly json?: boolean;
}

const DEFAULT_LAST = 20;

/** `fproxy logs`: what a running proxy logs, from wherever its admin server is reached. */
export function logsCommand(io: Io): Command {
  return apiCommand("logs", "Shows what a running proxy logs")
    .option("-f, --follow", "goes on with what it logs from now on, also when it is started anew")
    .addOption(
      new Option("--app <app>", "only what is about this app; may be given again").argParser(
        (text: string, before: readonly string[] = []) => [...before, text],
      ),
    )
    .addOption(new Option("--level <level>", "only this level and those above").choices(LOG_LEVELS))
    .option("--access", "access records as well; they are not kept, so only with --follow")
    .addOption(
      new Option("-n, --last <count>", "so many events of before come first").argParser(
        countArgument(0, LIVE_EVENTS_KEPT),
      ).default(DEFAULT_LAST),
    )
    .option("--json", "JSON lines, also on a terminal")
    .action(async (flags: LogFlags, command: Command) => {
      if (flags.access === true && flags.follow !== true) {
        usageError(command, "access records are not kept: --access goes with --follow");
      }
      Deno.exitCode = await tellFailure("logs", io, async () => {
        await show(await adminAccess(flags), flags, io);
        return 0;
      });
    });
}

async function show(access: AdminAccess, flags: LogFlags, io: Io): Promise<void> {
  const printer = new LogPrinter(io, flags.json === true || !io.isTerminal);
  const end = new AbortController();
  const printAll = async (events: AsyncIterable<AdminEvent>): Promise<void> => {
    try {
      for await (const event of events) {
        printer.print(event);
        // Nobody reads it any more.
        if (io.isUnread) end.abort();
      }
    } finally {
      end.abort();
    }
  };
  if (flags.follow !== true) {
    const path = eventsPath(flags, flags.last, false);
    return await printAll(adminEvents(access, { path, signal: end.signal, ends: true }));
  }
  const follow = (path: (isAgain: boolean) => string, isTold: boolean): Promise<void> =>
    printAll(followEvents(access, {
      path,
      signal: end.signal,
      onLost: ({ message }) => isTold && io.stderr(`logs: ${message}; waiting for it\n`),
      onBack: () => isTold && io.stderr("logs: it answers again\n"),
    }));
  await Promise.all([
    // All that a new run has told until now, where it was started anew.
    follow((isAgain) => eventsPath(flags, isAgain ? LIVE_EVENTS_KEPT : flags.last, true), true),
    ...(flags.access === true
      ? [follow(() => `/api/v1/access${queryOf({ app: appsOf(flags) })}`, false)]
      : []),
  ]);
}

function eventsPath(flags: LogFlags, last: number, follow: boolean): string {
  return `/api/v1/events${queryOf({ last, follow, level: flags.level, app: appsOf(flags) })}`;
}

function appsOf({ app }: LogFlags): string | undefined {
  return app?.join(",");
}

function queryOf(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams(
    Object.entries(values).flatMap(([key, value]) => value === undefined ? [] : [[key, String(value)]]),
  );
  return query.size === 0 ? "" : `?${query}`;
}
