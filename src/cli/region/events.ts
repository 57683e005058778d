import { type Command, Option } from "commander";
import { systemClock } from "../../base/clock.ts";
import { prettyLine } from "../../base/log.ts";
import { LOG_EVENTS, type LogEvent } from "../../base/log_events.ts";
import type { StoredEvent } from "../../region/store/event_stream.ts";
import type { RegionStore } from "../../region/store/region_store.ts";
import { durationArgument } from "../arguments.ts";
import { printableText } from "../drawing/printable.ts";
import type { Io } from "../io.ts";
import { aborted, untilSignal } from "../until_signal.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

interface EventFlags extends RegionFlags {
  readonly follow?: boolean;
  /** Milliseconds. */
  readonly since?: number;
  readonly app?: string;
  readonly node?: string;
  readonly json?: boolean;
}

/** `fproxy region events`: what happened in a region within the last seven days. */
export function eventsCommand(io: Io): Command {
  return regionCommand("events", "Shows what happened in a region, by the clock of its servers")
    .option("-f, --follow", "goes on with what happens")
    .addOption(
      new Option("--since <duration>", "not what is older; all of the last seven days unless given")
        .argParser(durationArgument),
    )
    .option("--app <name>", "only of this app")
    .option("--node <name>", "only of this node")
    .option("--json", "an object a line")
    .action(async (flags: EventFlags) => {
      Deno.exitCode = await withStore(
        "events",
        flags,
        io,
        (store) => untilSignal((signal) => showEvents(store, flags, io, signal)),
      );
    });
}

async function showEvents(
  store: RegionStore,
  flags: EventFlags,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const ended = Promise.withResolvers<void>();
  const isFollowed = flags.follow === true;
  const stop = await store.events.read(
    {
      isFollowed,
      ...(flags.since === undefined ? {} : { since: new Date(systemClock.wallTime() - flags.since) }),
    },
    (event) => {
      if (isWanted(event, flags)) io.stdout(flags.json === true ? jsonLine(event) : line(event, io.color));
    },
    () => {
      if (!isFollowed) ended.resolve();
    },
  );
  await Promise.race([ended.promise, aborted(signal)]);
  stop();
  return 0;
}

function isWanted({ by, fields }: StoredEvent, { app, node }: EventFlags): boolean {
  if (app !== undefined && fields["app"] !== app) return false;
  return node === undefined || fields["node"] === node || by === `node ${node}`;
}

function jsonLine({ at, level, event, by, fields }: StoredEvent): string {
  return `${JSON.stringify({ ts: at.toISOString(), level, event, by, ...fields })}\n`;
}

function line({ at, level, event, by, fields }: StoredEvent, color: boolean): string {
  // A newer program may tell of what this one does not know.
  const message = LOG_EVENTS[event as LogEvent]?.message ?? event;
  const ts = at.toISOString();
  const text = prettyLine({ ts, level, message, fields: { ...fields, by } }, color, printableText);
  return `${ts.slice(0, 10)} ${text}`;
}
