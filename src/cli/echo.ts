import { Command } from "commander";
import { listenArgument } from "./arguments.ts";
import type { Io } from "./io.ts";
import { formatAddress, type SocketAddress } from "../model/address.ts";
import type { ListenAddress } from "../model/host_port.ts";
import { type EchoServer, startEchoServer } from "../tools/echo_server.ts";
import { listenEverywhere } from "./listen_everywhere.ts";
import { aborted, untilSignal } from "./until_signal.ts";

interface EchoFlags {
  readonly listen: readonly ListenAddress[];
  readonly name?: string;
}

/** `fproxy echo`: TCP echo servers to try a proxy against, until SIGINT or SIGTERM. Exit code 1 where one cannot listen. */
export function echoCommand(io: Io): Command {
  return new Command("echo")
    .description("Runs a TCP echo server, a target to try a proxy against")
    .requiredOption(
      "-l, --listen <address>",
      "where to listen, as 127.0.0.1:7, [::1]:7, localhost:7 or 7; may be repeated; port 0 takes a free one",
      collectAddress,
    )
    .option("-n, --name <name>", "puts `name: ` before each chunk that is sent back")
    .action(async (flags: EchoFlags) => {
      Deno.exitCode = await runEcho(flags, io);
    });
}

function collectAddress(
  text: string,
  previous: readonly ListenAddress[] | undefined,
): readonly ListenAddress[] {
  return [...(previous ?? []), listenArgument(text)];
}

async function runEcho(flags: EchoFlags, io: Io): Promise<number> {
  const servers: EchoServer[] = [];
  const name = flags.name === undefined ? {} : { name: flags.name };
  try {
    for (const listen of flags.listen) {
      const start = (address: SocketAddress): EchoServer => startEchoServer({ listen: address, ...name });
      const started = await listenEverywhere(listen, start, "echo", io);
      if (started === null) return 1;
      servers.push(...started);
    }
    await untilSignal((signal) => {
      // Only now: who reads it may send a signal at once.
      for (const server of servers) io.stdout(`listening on ${formatAddress(server.address)}\n`);
      return aborted(signal);
    });
    return 0;
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}
