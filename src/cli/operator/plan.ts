import { Command } from "commander";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import type { Validation } from "../../control/admin/api/config.ts";
import { formatDiagnostics } from "../../control/config/mod.ts";
import { addAdminOptions, addTokenOptions, adminAccess, type AdminFlags } from "../admin/admin_options.ts";
import { ApiClient } from "../admin/api_client.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { changeRows } from "./change_rows.ts";

/** Exit code where the proxy cannot be asked: 1 is for a config that is wrong. */
const EXIT_UNASKED = 3;
/** Reading the largest config takes a few seconds, and it may wait for a rollout that is under way. */
const ANSWER_TIMEOUT_MS = 60_000;

interface PlanFlags extends AdminFlags {
  readonly json?: boolean;
}

/** `fproxy plan`: what a reload with another config would touch, before anything happens. */
export function planCommand(io: Io): Command {
  const command = addAdminOptions(
    new Command("plan").description("Asks a running proxy what a reload with another config would touch"),
    "the other config (required); it also says where the admin server is, unless --admin does",
  );
  return addTokenOptions(command)
    .option("--json", "prints JSON, for programs")
    .action(async (flags: PlanFlags) => {
      Deno.exitCode = await plan(flags, io);
    });
}

/** @returns exit code: 0 a plan was printed, 1 the config is wrong, 2 no config given, 3 the proxy cannot be asked. */
async function plan(flags: PlanFlags, io: Io): Promise<number> {
  const { config: path = "", json = false } = flags;
  if (path === "") {
    io.stderr("plan: give --config FILE\n");
    return 2;
  }
  try {
    const text = await readConfig(path);
    const api = new ApiClient(await adminAccess(flags));
    const validation = await api.ask<Validation>({
      method: "POST",
      path: "/api/v1/config/validate",
      text,
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    return tell(inFile(validation, path), path, json, io);
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    io.stderr(`plan: ${error.message}\n`);
    return error.code === "unreadable" ? 1 : EXIT_UNASKED;
  }
}

async function readConfig(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new FproxyError("unreadable", `Cannot read ${path}: ${errorMessage(error)}`);
  }
}

/** The proxy names its own file. */
function inFile(validation: Validation, file: string): Validation {
  const diagnostics = validation.diagnostics.map((one) => ({
    ...one,
    place: one.place && { ...one.place, file },
    related: one.related.map((related) => ({ ...related, place: { ...related.place, file } })),
  }));
  return { ...validation, diagnostics };
}

function tell(validation: Validation, path: string, json: boolean, io: Io): number {
  const { valid, diagnostics, plan, plan_error } = validation;
  if (json) io.stdout(`${JSON.stringify(validation, null, 2)}\n`);
  else if (diagnostics.length > 0) {
    io.stderr(formatDiagnostics(diagnostics as Parameters<typeof formatDiagnostics>[0], io.color));
  }
  if (!valid) {
    if (!json) io.stderr(`\n${path} is not valid\n`);
    return 1;
  }
  if (plan === null) {
    io.stderr(`plan: ${path} could not be taken over: ${plan_error}\n`);
    return 1;
  }
  if (!json) io.stdout(planText(plan, path, io));
  return 0;
}

function planText(plan: NonNullable<Validation["plan"]>, path: string, io: Io): string {
  const { listeners, sessions, restart_needed } = plan;
  if (plan.nothing) return `${path} changes nothing\n`;
  const rows = [
    ...changeRows(plan),
    ...listeners.opened.map((key) => ["+", `listener ${key}`, ""]),
    ...listeners.closed.map((key) => ["-", `listener ${key}`, ""]),
  ];
  const counts = [
    `${listeners.kept.length} kept`,
    `${listeners.opened.length} opened`,
    `${listeners.closed.length} closed`,
  ];
  return [
    formatTable([["", "CHANGE", "SESSIONS"], ...rows], io.columns),
    "\n",
    `sessions   ${sessions.kept} kept, ${sessions.draining} draining, ${sessions.cut} cut\n`,
    `listeners  ${counts.join(", ")}\n`,
    ...restart_needed.map(({ path, reason }) => `${path} counts from the next start on: ${reason}\n`),
  ].join("");
}
