import { Command } from "commander";
import { sleep, systemClock } from "../base/clock.ts";
import { COMPLETION_TIMEOUT_MS } from "../base/limits.ts";
import { adminAccess, type AdminFlags } from "./admin/admin_options.ts";
import { ApiClient } from "./admin/api_client.ts";
import { type LiveQuestion, liveQuestion, offered } from "./completion/live_names.ts";
import type { Io } from "./io.ts";

/**
 * `fproxy complete`, which the scripts of `fproxy completion` run: names that the running proxy knows for the last word of a
 * line, one a line. Nobody sees what goes wrong: then there is none.
 * @param program the whole command line, with those sub-commands loaded that have these names.
 */
export function completeCommand(
  io: Io,
  program: (isNeeded: (name: string) => boolean) => Promise<Command>,
): Command {
  return new Command("complete")
    .description("Names that may stand in a line; for shells")
    .argument("[words...]", "what is typed behind the program's name")
    .action(async (words: readonly string[]) => {
      Deno.exitCode = 0;
      try {
        const root = await program((name) => words.includes(name));
        const question = liveQuestion(root, words);
        if (question === null) return;
        const names = await Promise.race([ask(question), sleep(systemClock, COMPLETION_TIMEOUT_MS)]);
        io.stdout(offered(names ?? [], question.beginning).map((name) => `${name}\n`).join(""));
      } catch {
        // A line that is being typed may be wrong, and the proxy may not be there.
      }
    });
}

async function ask({ kind, app, command }: LiveQuestion): Promise<string[]> {
  const api = new ApiClient(await adminAccess(flagsOf(command)), COMPLETION_TIMEOUT_MS);
  if (kind === "app") {
    const { entries } = await api.all(
      "/api/v1/apps",
      (page: { readonly apps: readonly { readonly name: string }[] }) => page.apps,
    );
    return entries.map(({ name }) => name);
  }
  const path = app === null ? "/api/v1/targets" : `/api/v1/apps/${encodeURIComponent(app)}/targets`;
  const { entries } = await api.all(
    path,
    (page: { readonly targets: readonly { readonly target: string }[] }) => page.targets,
  );
  return entries.map(({ target }) => target);
}

/** What the line says, and else the environment, which commander reads only when it runs a command. */
function flagsOf(command: Command): AdminFlags {
  const flags: Record<string, unknown> = { ...command.opts() };
  for (const option of command.options) {
    const name = option.attributeName();
    const value = option.envVar === undefined ? undefined : Deno.env.get(option.envVar);
    if (flags[name] === undefined && value !== undefined) {
      flags[name] = option.parseArg?.(value, undefined) ?? value;
    }
  }
  return flags;
}
