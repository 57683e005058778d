import { Command } from "commander";
import type { Io } from "../io.ts";
import { applyCommand } from "./apply.ts";
import { deleteCommand } from "./delete.ts";
import { eventsCommand } from "./events.ts";
import { demoCommand } from "./demo/demo.ts";
import { getCommand } from "./get.ts";
import { historyCommand } from "./history.ts";
import { initCommand } from "./init.ts";
import { nodeCommands } from "./node_standing.ts";
import { overrideCommand } from "./override.ts";
import { rollbackCommand } from "./rollback.ts";
import { rolloutCommand } from "./rollout.ts";
import { scaleCommand } from "./scale.ts";
import { statusCommand } from "./status.ts";
import { topCommand } from "./top/top.ts";

/** `fproxy region`: the apps of a region, in its store. */
export function regionCommands(io: Io): Command {
  const region = new Command("region")
    .helpCommand("help [command]", "shows the help of a command")
    .description("Keeps the apps of a region in a store on NATS JetStream")
    .addCommand(demoCommand(io))
    .addCommand(initCommand(io))
    .addCommand(applyCommand(io))
    .addCommand(getCommand(io))
    .addCommand(historyCommand(io))
    .addCommand(rollbackCommand(io))
    .addCommand(deleteCommand(io))
    .addCommand(statusCommand(io))
    .addCommand(eventsCommand(io))
    .addCommand(topCommand(io))
    .addCommand(rolloutCommand(io))
    .addCommand(scaleCommand(io))
    .addCommand(overrideCommand(io));
  for (const command of nodeCommands(io)) region.addCommand(command);
  return region;
}
