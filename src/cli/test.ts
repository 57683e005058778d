import { Command } from "commander";
import type { Io } from "./io.ts";
import { balancerCommand } from "./test_balancer.ts";
import { pingCommand } from "./test_ping.ts";
import { simulateCommand } from "./test_simulate.ts";

/**
 * `fproxy test`: tries a proxy, or any TCP service, from outside. Each command exits 0 only when all went well, 1 when
 * something failed or was stopped early, 2 on wrong usage.
 */
export function testCommand(io: Io): Command {
  return new Command("test")
    .helpCommand("help [command]", "shows the help of a command")
    .description("Tries a proxy, or any TCP service, from outside")
    .addCommand(pingCommand(io))
    .addCommand(balancerCommand(io))
    .addCommand(simulateCommand(io));
}
