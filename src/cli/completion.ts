import { Argument, Command } from "commander";
import { Registry } from "../base/registry.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { type CommandSpec, commandSpec } from "./completion/spec.ts";
import { zshCompletion } from "./completion/zsh.ts";
import type { Io } from "./io.ts";

/** A shell that completions can be made for. */
interface Shell {
  readonly name: string;
  script(program: string, root: CommandSpec): string;
}

const shells = new Registry<Shell>("shell", [
  { name: "bash", script: bashCompletion },
  { name: "zsh", script: zshCompletion },
  { name: "fish", script: fishCompletion },
]);

const HOW_TO = `
To load it now:
  bash   source <(fproxy completion bash)
  zsh    source <(fproxy completion zsh)      (after compinit)
  fish   fproxy completion fish | source
Names of apps and targets come from the running proxy that the line, FPROXY_ADMIN or the config names.
To load it always, put that line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish.
`;

/**
 * `fproxy completion`: writes a script that makes a shell complete commands, options and their values.
 * @param program the whole command line, with every sub-command loaded.
 */
export function completionCommand(io: Io, program: () => Promise<Command>): Command {
  return new Command("completion")
    .description("Writes a completion script for a shell")
    .addArgument(new Argument("<shell>", "the shell to write it for").choices(shells.names))
    .addHelpText("after", HOW_TO)
    .action(async (shell: string) => {
      const root = await program();
      io.stdout(shells.get(shell).script(root.name(), commandSpec(root)));
      Deno.exitCode = 0;
    });
}
