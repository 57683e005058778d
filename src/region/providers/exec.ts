import * as z from "zod";
import { duration } from "../../model/config_values.ts";
import type { NodeProvider, ProviderKind, ProviderParts } from "./provider.ts";
import { runCommand } from "./run_command.ts";

interface ExecSettings {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
}

const COMMAND_FORMS = 'expected a program and its arguments, such as ["/usr/local/bin/nodes", "--zone", "a"]';

/** Runs a program: `COMMAND... add NAME` and `COMMAND... remove NAME`. */
export const execProvider: ProviderKind = {
  name: "exec",
  keys: {
    command: z.array(z.string({ error: COMMAND_FORMS }), { error: COMMAND_FORMS }).min(1, {
      error: COMMAND_FORMS,
    }),
    env: z.record(z.string(), z.string(), { error: "expected names and texts" }).prefault({}),
    timeout: duration(1_000).prefault("5m"),
  },
  make: (settings, parts) => new ExecProvider(settings as unknown as ExecSettings, parts),
};

class ExecProvider implements NodeProvider {
  constructor(private readonly settings: ExecSettings, private readonly parts: ProviderParts) {}

  add(name: string, signal: AbortSignal): Promise<void> {
    return this.#run("add", name, signal);
  }

  remove(name: string, signal: AbortSignal): Promise<void> {
    return this.#run("remove", name, signal);
  }

  #run(action: "add" | "remove", name: string, signal: AbortSignal): Promise<void> {
    const { command, env, timeout } = this.settings;
    return runCommand({
      command: [...command, action, name],
      env: { ...env, FPROXY_NODE: name },
      timeoutMs: timeout,
      clock: this.parts.clock,
      signal,
    });
  }
}
