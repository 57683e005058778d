/**
 * `deno task schema`: writes config.schema.json and docs/configuration.md from the schema of the config, and docs/commands.md
 * from the command line.
 * @module
 */
import { writeReference } from "../src/cli/reference.ts";
import { REPO_ROOT } from "./repo_root.ts";

if (import.meta.main) await writeReference(REPO_ROOT);
