import { Command } from "commander";
import { FproxyError } from "../base/errors.ts";
import { type AdminAddress, formatAdminAddress } from "./admin/admin_address.ts";
import { type AdminCertificates, askAdmin } from "./admin/admin_client.ts";
import { addAdminOptions, adminAccess, type AdminFlags } from "./admin/admin_options.ts";
import type { Io } from "./io.ts";
import { durationOption } from "./test_options.ts";

interface HealthFlags extends AdminFlags {
  readonly timeout: number;
}

interface HealthAccess {
  readonly certificates?: AdminCertificates;
  /** Said where there is no answer. */
  readonly note?: string;
}

const DEFAULT_TIMEOUT_MS = 2_000;

/** The command line of {@link health}. */
export function healthCommand(io: Io): Command {
  const command = new Command("health")
    .description("Asks a running proxy whether it is ready, for container health checks");
  return addAdminOptions(command)
    .addOption(durationOption("-t, --timeout <duration>", "longest time for the answer", DEFAULT_TIMEOUT_MS))
    .action(async (flags: HealthFlags) => {
      Deno.exitCode = await healthByFlags(flags, io);
    });
}

async function healthByFlags(flags: HealthFlags, io: Io): Promise<number> {
  try {
    const { address, certificates, note } = await adminAccess(flags);
    return await health(address, flags.timeout, io, { certificates, note });
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    io.stderr(`health: ${error.message}\n`);
    return 1;
  }
}

/**
 * `fproxy health`: asks `/readyz` of the admin server and prints the answer, or why there is none.
 * @param timeoutMs for connecting and the whole answer together.
 * @returns exit code: 0 when the answer is 200, otherwise 1, as Docker's HEALTHCHECK wants it.
 */
export async function health(
  admin: AdminAddress,
  timeoutMs: number,
  io: Io,
  { certificates = {}, note = "" }: HealthAccess = {},
): Promise<number> {
  const name = formatAdminAddress(admin);
  const answer = await askAdmin(admin, { path: "/readyz", certificates }, timeoutMs);
  if ("failure" in answer) {
    io.stderr(`health ${name}: ${answer.failure}${note}\n`);
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
