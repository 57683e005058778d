import { Argument, Command, Option } from "commander";
import { FproxyError } from "../../base/errors.ts";
import { formatDuration } from "../../base/duration.ts";
import type { OverrideAnswer } from "../../control/admin/api/target_override.ts";
import { addAdminOptions, addTokenOptions, adminAccess, type AdminFlags } from "../admin/admin_options.ts";
import { ApiClient } from "../admin/api_client.ts";
import type { Io } from "../io.ts";
import { durationOption } from "../test_options.ts";
import { OperatorClient, type OverrideBody } from "./operator_client.ts";

/** Flags of commands that override something. */
export interface OverrideFlags extends AdminFlags {
  /** Milliseconds. */
  readonly for?: number;
  readonly reason?: string;
  readonly by?: string;
}

/** A command on an app and one of its targets. */
export function operatorCommand(name: string, description: string): Command {
  return apiCommand(name, description).argument("<app>", "name of the app");
}

/** A command that asks the admin API. */
export function apiCommand(name: string, description: string): Command {
  return addTokenOptions(addAdminOptions(new Command(name).description(description)));
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
 * Runs a command on targets and says what failed.
 * @returns exit code: what `work` gives, 1 where it failed.
 */
export function operate(
  name: string,
  flags: AdminFlags,
  io: Io,
  work: (client: OperatorClient) => Promise<number>,
): Promise<number> {
  return withApi(name, flags, io, (api) => work(new OperatorClient(api)));
}

/** As {@link operate}, for any part of the API. */
export function withApi(
  name: string,
  flags: AdminFlags,
  io: Io,
  work: (api: ApiClient) => Promise<number>,
): Promise<number> {
  return tellFailure(name, io, async () => await work(new ApiClient(await adminAccess(flags))));
}

/** Does something, and says what failed. @returns exit code: what `work` gives, 1 where it failed. */
export async function tellFailure(name: string, io: Io, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
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
