import { Command } from "commander";
import { editorJsonSchema } from "./config_schema.ts";
import type { Io } from "./io.ts";

/** The command line of {@link schema}. */
export function schemaCommand(io: Io): Command {
  return new Command("schema").description("Prints the JSON Schema of the config").action(() => {
    Deno.exitCode = schema(io);
  });
}

/** `fproxy schema`: prints the JSON Schema of the config. @returns exit code 0. */
export function schema(io: Io): number {
  io.stdout(schemaText());
  return 0;
}

/** The text of `config.schema.json`. */
export function schemaText(): string {
  return `${JSON.stringify(editorJsonSchema(), null, 2)}\n`;
}
