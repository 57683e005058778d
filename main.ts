/**
 * fproxy: balances TCP and HTTP over the targets of declaratively configured apps.
 * @module
 */
import { processIo } from "./src/cli/io.ts";
import { runProgram } from "./src/cli/program.ts";

if (import.meta.main) Deno.exit(await runProgram(Deno.args, processIo()));
