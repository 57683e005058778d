/**
 * fproxy: balances TCP and HTTP over the targets of declaratively configured apps.
 *
 * This is where the process begins and ends. The command line is `src/cli/program.ts`, the proxy itself `src/cli/run.ts`;
 * what SIGTERM and the other signals do to it stands in `src/cli/signals.ts`.
 * @module
 */
import { HASTY_FLUSH_MS } from "./src/base/limits.ts";
import { processIo } from "./src/cli/io.ts";
import { runProgram } from "./src/cli/program.ts";

if (import.meta.main) {
  const io = processIo();
  const code = await runProgram(Deno.args, io);
  await io.flush(HASTY_FLUSH_MS);
  Deno.exit(code);
}
