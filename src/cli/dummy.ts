import { type Command, Option } from "commander";
import { systemClock } from "../base/clock.ts";
import { parseDuration } from "../base/duration.ts";
import { formatAddress, type SocketAddress } from "../model/address.ts";
import { type DummyServer, startDummyServer } from "../tools/dummy_server.ts";
import { argument, booleanArgument, listenArgument } from "./arguments.ts";
import { GO_FLAGS_HELP, GoCommand } from "./go_command.ts";
import type { Io } from "./io.ts";
import { listenEverywhere } from "./listen_everywhere.ts";
import { aborted, untilSignal } from "./until_signal.ts";

interface DummyFlags {
  readonly address: string;
  readonly stopAfter?: number;
  readonly delayResponding: boolean;
  readonly randomErrors: boolean;
}

/** `fproxy dummy`: a slow and flaky HTTP server to try an HTTP proxy against. Exit code 1 where it cannot listen. */
export function dummyCommand(io: Io): Command {
  return new GoCommand("dummy")
    .description(
      "Runs an HTTP server that is slow and flaky on purpose, a target to try an HTTP proxy against",
    )
    .addOption(
      new Option(
        "-a, --address <address>",
        "where to listen, as :8000, localhost:8000, 127.0.0.1:0 or [::1]:8000",
      )
        .default(":8000").argParser(checkedAddress),
    )
    .option(
      "--stop-after <duration>",
      "stops by itself after this long, as 5s; 0 never",
      argument(parseDuration),
    )
    .option("--delay-responding [boolean]", "waits up to 1 s before each answer", booleanArgument, true)
    .option("--random-errors [boolean]", "answers 500 to one request in four", booleanArgument, true)
    .addHelpText("after", `\n${GO_FLAGS_HELP}`)
    .action(async (flags: DummyFlags) => {
      Deno.exitCode = await runDummy(flags, io);
    });
}

/** The address stays as written: answers quote it. */
function checkedAddress(text: string): string {
  listenArgument(text);
  return text;
}

async function runDummy(flags: DummyFlags, io: Io): Promise<number> {
  const listen = listenArgument(flags.address);
  // Where the system chooses the port, what was written would not tell the servers apart.
  const label = listen.port === 0 ? {} : { label: flags.address };
  const { delayResponding, randomErrors } = flags;
  const start = (address: SocketAddress): DummyServer =>
    startDummyServer({ listen: address, delayResponding, randomErrors, ...label });
  const servers = await listenEverywhere(listen, start, "dummy", io);
  if (servers === null) return 1;
  const stop = new AbortController();
  const { stopAfter = 0 } = flags;
  const cancel = stopAfter === 0 ? undefined : systemClock.timer(stopAfter, () => stop.abort());
  await untilSignal((signal) => {
    // Only now: who reads it may send a signal at once.
    for (const { address } of servers) io.stdout(`listening on ${formatAddress(address)}\n`);
    return aborted(AbortSignal.any([signal, stop.signal]));
  });
  cancel?.();
  await Promise.all(servers.map((server) => server.close()));
  return 0;
}
