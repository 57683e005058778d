import type { Command } from "commander";
import { ADMIN_ROLLOUT_WAIT_MS } from "../../base/limits.ts";
import type { WholeRollout } from "../../control/admin/api/schemas/rollout.ts";
import { formatDiagnostics } from "../../control/config/mod.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import type { Io } from "../io.ts";
import { apiCommand, withApi } from "./operator_command.ts";
import { receiptText } from "./receipt_text.ts";

/** The server answers a little later than it waits. */
const ANSWER_TIMEOUT_MS = ADMIN_ROLLOUT_WAIT_MS + 10_000;

/** `fproxy reload`: the proxy reads its config again, and tells what became of it. */
export function reloadCommand(io: Io): Command {
  return apiCommand("reload", "Has a running proxy read its config again, and says what became of it")
    .option("--json", "prints JSON, for programs")
    .action(async (flags: AdminFlags & { readonly json?: boolean }) => {
      Deno.exitCode = await withApi("reload", flags, io, async (api) => {
        const rollout = await api.ask<WholeRollout | null>({
          method: "POST",
          path: "/api/v1/reload",
          timeoutMs: ANSWER_TIMEOUT_MS,
        });
        if (flags.json === true) io.stdout(`${JSON.stringify(rollout, null, 2)}\n`);
        else tell(rollout, io);
        return rollout?.result === "applied" ? 0 : 1;
      });
    });
}

function tell(rollout: WholeRollout | null, io: Io): void {
  if (rollout === null) return io.stderr("reload: it is under way; see fproxy status\n");
  const { result, revision, added, changed, removed, error, diagnostics, receipt } = rollout;
  if (diagnostics.length > 0) {
    io.stderr(formatDiagnostics(diagnostics as Parameters<typeof formatDiagnostics>[0], io.color));
  }
  if (result === "applied") {
    const counts = `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
    io.stdout(`revision ${revision} is in force: ${counts}\n`);
    return io.stdout(receipt === null ? "" : receiptText(receipt));
  }
  const why = error === "" ? "" : `: ${error}`;
  io.stderr(
    `reload: the config is ${
      result === "waiting" ? "waiting for room" : result
    }, the running one stays${why}\n`,
  );
}
