import { Argument, Command, Option } from "commander";
import { FproxyError } from "../../base/errors.ts";
import { formatDuration } from "../../base/duration.ts";
import type { OverrideAnswer } from "../../control/admin/api/target_override.ts";
import type { HostPort } from "../../model/host_port.ts";
import { adminOption } from "../admin_client.ts";
import type { Io } from "../io.ts";
import { durationOption } from "../test_options.ts";
import { OperatorClient, type OverrideBody } from "./operator_client.ts";

/** Flags of every command that speaks to the admin API. */
export interface AdminFlags {
  readonly admin: HostPort;
  readonly token?: string;
}

/** Flags of commands that override something. */
export interface OverrideFlags extends AdminFlags {
  /** Milliseconds. */
  readonly for?: number;
  readonly reason?: string;
  readonly by?: string;
}

/** A command on an app and one of its targets. */
export function operatorCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument("<app>", "name of the app")
    .addOption(adminOption())
    .addOption(
      new Option("--token <token>", "its token (better in the environment: others see command lines)").env(
        "FPROXY_ADMIN_TOKEN",
      ),
    );
}

/** The argument of a target. */
export function targetKeyArgument(): Argument {
  return new Argument("<target>", "its target, as in the config, or a beginning that no other has");
}

/** Adds who, why and until when. */
export function addOverrideOptions(command: Command): Command {
  return command
    .addOption(
      durationOption(
        "-f, --for <duration>",
        "ends by itself after this time; else it holds until it is taken back",
      ),
    )
    .option("-r, --reason <text>", "why, for the log and for others who look")
    .addOption(byOption());
}

/** Who it is. */
export function byOption(): Option {
  return new Option("--by <name>", "who you are, for the log and for others who look").env("USER");
}

/** What the flags say of an override. */
export function overrideBody(flags: OverrideFlags): OverrideBody {
  return {
    reason: flags.reason,
    by: flags.by === "" ? undefined : flags.by,
    for: flags.for === undefined ? undefined : formatDuration(flags.for),
  };
}

/**
 * Runs a command and says what failed.
 * @returns exit code: what `work` gives, 1 where it failed.
 */
export async function operate(
  name: string,
  flags: AdminFlags,
  io: Io,
  work: (client: OperatorClient) => Promise<number>,
): Promise<number> {
  try {
    return await work(new OperatorClient(flags.admin, flags.token ?? ""));
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    io.stderr(`${name}: ${error.message}\n`);
    return 1;
  }
}

/** Says what the admin server warned of. */
export function tellWarnings(name: string, { warnings }: OverrideAnswer, io: Io): void {
  for (const warning of warnings) io.stderr(`${name}: warning: ${warning}\n`);
}

/** ` until TIME`, or nothing. */
export function untilText(until: string | null | undefined): string {
  return until === null || until === undefined ? "" : ` until ${until}`;
}
