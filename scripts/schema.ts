/**
 * `deno task schema`: writes config.schema.json and docs/configuration.md from the schema of the config, docs/commands.md from
 * the command line, and docs/events.md from the list of logged events.
 * @module
 */
import { writeReference } from "../src/cli/reference.ts";
import { REPO_ROOT } from "./repo_root.ts";

if (import.meta.main) await writeReference(REPO_ROOT);
