import { Command } from "commander";
import type { Io } from "../io.ts";
import { applyCommand } from "./apply.ts";
import { deleteCommand } from "./delete.ts";
import { getCommand } from "./get.ts";
import { historyCommand } from "./history.ts";
import { rollbackCommand } from "./rollback.ts";
import { statusCommand } from "./status.ts";

/** `fproxy region`: the apps of a region, in its store. */
export function regionCommands(io: Io): Command {
  return new Command("region")
    .helpCommand("help [command]", "shows the help of a command")
    .description("Keeps the apps of a region in a store on NATS JetStream")
    .addCommand(applyCommand(io))
    .addCommand(getCommand(io))
    .addCommand(historyCommand(io))
    .addCommand(rollbackCommand(io))
    .addCommand(deleteCommand(io))
    .addCommand(statusCommand(io));
}
