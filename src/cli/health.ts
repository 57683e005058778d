import { Command } from "commander";
import { formatHostPort } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";
import { adminOption, askAdmin } from "./admin_client.ts";
import type { Io } from "./io.ts";
import { durationOption } from "./test_options.ts";

interface HealthFlags {
  readonly admin: HostPort;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_MS = 2_000;

/** The command line of {@link health}. */
export function healthCommand(io: Io): Command {
  return new Command("health")
    .description("Asks a running proxy whether it is ready, for container health checks")
    .addOption(adminOption())
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
  const answer = await askAdmin(admin, { path: "/readyz", timeoutMs });
  if ("failure" in answer) {
    io.stderr(`health ${name}: ${answer.failure}\n`);
    return 1;
  }
  const { status } = answer;
  const text = answer.text.trimEnd();
  if (status === 200) {
    io.stdout(`${text}\n`);
    return 0;
  }
  io.stderr(`health ${name}: status ${status}: ${text.replaceAll("\n", ", ")}\n`);
  return 1;
}
