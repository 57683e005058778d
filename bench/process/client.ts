import { fileURLToPath } from "node:url";
import type { Stage } from "../stage.ts";
import type { ChildOptions } from "./child.ts";

/** A program in `clients/`, on Deno, on the processor of the load. */
export interface ClientOptions {
  /** For messages. */
  readonly name: string;
  /** Its file in `clients/`. */
  readonly file: string;
  readonly args: readonly (string | number)[];
  /** What it may do besides connecting to 127.0.0.0/8, as flags of Deno. */
  readonly permissions?: readonly string[];
}

/** How a client is started. */
export function client(stage: Stage, { name, file, args, permissions = [] }: ClientOptions): ChildOptions {
  return {
    name,
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-net", ...permissions],
      fileURLToPath(new URL(`../clients/${file}`, import.meta.url)),
      ...args.map(String),
    ],
    core: stage.cores.load,
  };
}
