import { Command, Option } from "commander";
import { formatHostPort } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";
import { exchange } from "../tools/exchange.ts";
import { describeFailure } from "../tools/failure.ts";
import { targetArgument } from "./arguments.ts";
import type { Io } from "./io.ts";
import { durationOption } from "./test_options.ts";

interface HealthFlags {
  readonly admin: HostPort;
  readonly timeout: number;
}

/** Where the example config has its admin server. */
const DEFAULT_ADMIN: HostPort = { host: "127.0.0.1", port: 9901 };
const DEFAULT_TIMEOUT_MS = 2_000;

/** The command line of {@link health}. */
export function healthCommand(io: Io): Command {
  return new Command("health")
    .description("Asks a running proxy whether it is ready, for container health checks")
    .addOption(
      new Option("-a, --admin <address>", "its admin server, HOST:PORT").argParser(targetArgument)
        .default(DEFAULT_ADMIN, formatHostPort(DEFAULT_ADMIN.host, DEFAULT_ADMIN.port)),
    )
    .addOption(durationOption("-t, --timeout <duration>", "longest time for the answer", DEFAULT_TIMEOUT_MS))
    .action(async (flags: HealthFlags) => {
      Deno.exitCode = await health(flags.admin, flags.timeout, io);
    });
}

/**
 * `fproxy health`: asks `/readyz` of the admin server and prints the answer, or why there is none.
 * @param timeoutMs for connecting and the whole answer together.
 * @returns exit code: 0 when the answer is 200, otherwise 1, as Docker's HEALTHCHECK wants it.
 */
export async function health(admin: HostPort, timeoutMs: number, io: Io): Promise<number> {
  const name = formatHostPort(admin.host, admin.port);
  // A bare socket: fetch would send this through the proxy of HTTP_PROXY. In HTTP/1.0 an answer ends with its connection
  // and comes without chunks (RFC 1945, section 7.2.2).
  const { reply, failure } = await exchange({
    target: admin,
    data: new TextEncoder().encode(`GET /readyz HTTP/1.0\r\nHost: ${name}\r\n\r\n`),
    until: { quietMs: timeoutMs, halfClose: false },
    timeoutMs,
  });
  if (failure !== null) {
    io.stderr(`health ${name}: ${describeFailure(failure)}\n`);
    return 1;
  }
  const answer = new TextDecoder().decode(reply);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
  if (status === undefined) {
    io.stderr(`health ${name}: the answer is not HTTP: is this the admin server's address?\n`);
    return 1;
  }
  const text = answer.slice(answer.indexOf("\r\n\r\n") + 4).trimEnd();
  if (status === "200") {
    io.stdout(`${text}\n`);
    return 0;
  }
  io.stderr(`health ${name}: status ${status}: ${text.replaceAll("\n", ", ")}\n`);
  return 1;
}
