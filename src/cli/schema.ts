import { Command } from "commander";
import strategyTypes from "../strategy/script/api.ts" with { type: "text" };
import { editorJsonSchema } from "./config_schema.ts";
import type { Io } from "./io.ts";

/** The command line of {@link schema}. */
export function schemaCommand(io: Io): Command {
  return new Command("schema").description("Prints the JSON Schema of the config")
    .option("--types", "prints the types for strategies of your own in TypeScript instead")
    .action(({ types }: { readonly types?: true }) => {
      Deno.exitCode = schema(io, types);
    });
}

/** `fproxy schema`: prints the JSON Schema of the config, or types for scripts. @returns exit code 0. */
export function schema(io: Io, types = false): number {
  io.stdout(types ? typesText() : schemaText());
  return 0;
}

/** The text of `types/strategy.ts`. */
export function typesText(): string {
  return strategyTypes;
}

/** The text of `config.schema.json`. */
export function schemaText(): string {
  return `${JSON.stringify(editorJsonSchema(), null, 2)}\n`;
}
