import { dirname, resolve } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { formatDiagnostics, loadValues, processEnvironment } from "../../control/config/mod.ts";
import type { Provision } from "../../region/leader/node_provision.ts";
import { PROVIDERS } from "../../region/providers/mod.ts";
import { providerFile } from "../../region/providers/provider_file.ts";
import type { Io } from "../io.ts";
import { selfCommand } from "../self_command.ts";

/** Who makes nodes, and how many, by a file; null where that is not valid, which is told. */
export async function readProvision(path: string, io: Io): Promise<Provision | null> {
  const file = await loadValues(path, processEnvironment, providerFile);
  if (!file.ok) {
    io.stderr(`${formatDiagnostics(file.diagnostics, io.color)}\n`);
    return null;
  }
  const { type } = file.value;
  try {
    const provider = PROVIDERS.get(type).make({ ...file.value }, {
      clock: systemClock,
      program: Deno.build.os === "linux" ? selfCommand() : [],
      folder: dirname(resolve(path)),
    });
    return { type, provider, settings: file.value };
  } catch (error) {
    io.stderr(`control: ${errorMessage(error)}\n`);
    return null;
  }
}
