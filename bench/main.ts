/**
 * The benchmark: fproxy beside HAProxy and nginx, on one pinned core. See README.md in this folder.
 * @module
 */
import { fileURLToPath } from "node:url";
import { startBackend } from "./backend.ts";
import { chooseCores, describeMachine, descriptorProblem, pinTo } from "./machine.ts";
import { EXIT_FAILED, onStage, reportFailure } from "./on_stage.ts";
import { helpText, parseOptions } from "./options.ts";
import type { Options } from "./options.ts";
import { findPrograms, FOREIGN_PROGRAMS } from "./programs.ts";
import { formatRecord, readCommit } from "./record.ts";
import type { SuiteResult } from "./record.ts";
import { ownReferences, summarise } from "./results.ts";
import { runSuite } from "./run.ts";
import { FULL_PLAN, QUICK_PLAN } from "./stage.ts";
import type { Stage } from "./stage.ts";
import type { Suite } from "./suite.ts";
import { suites } from "./suites.ts";
import { formatResults } from "./table.ts";
import { variantNames, withVariants } from "./variants.ts";

/** Above this share of the proxy's processor the work of others is worth a warning. */
const MAX_DISTURBANCE = 0.05;

const RESULTS_FILE = fileURLToPath(new URL("results.jsonl", import.meta.url));

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Measures all suites and prints each one's table. */
async function measure(stage: Stage, asked: Options): Promise<SuiteResult[]> {
  const all = withVariants(suites, asked);
  const only = asked.only.flatMap((name) => [name, ...Object.values(variantNames(name))]);
  const options = { ...asked, only };
  await startBackend(stage);
  const results: SuiteResult[] = [];
  for (const suite of all.filter((one) => isMeasured(one, options))) {
    const run = await runSuite(stage, suite, { ...options, progress: (line) => complain(`${line}\n`) });
    const { unavailable, failures, disturbance } = run;
    const rows = summarise(suite, run.measurements);
    const result = {
      suite: suite.name,
      reference: suite.reference,
      furtherReferences: suite.furtherReferences ?? [],
      references: ownReferences(suite),
      unavailable,
      failures,
      disturbance,
      rows,
    };
    results.push(result);
    printResult(suite, result, options);
  }
  return results;
}

function isMeasured(suite: Suite, { only, scenarios }: Options): boolean {
  return (only.length === 0 || suite.rivals.some((rival) => only.includes(rival.name))) &&
    (scenarios.length === 0 || suite.scenarios.some((scenario) => scenarios.includes(scenario.name)));
}

function printResult(suite: Suite, result: SuiteResult, options: Options): void {
  const { only, rounds } = options;
  const { reference, furtherReferences, disturbance } = result;
  const rivals = suite.rivals.map((rival) => rival.name);
  const columns = only.length === 0 ? rivals : rivals.filter((rival) => only.includes(rival));
  const references = [reference, ...furtherReferences.filter((name) => columns.includes(name))] as const;
  const others = Object.entries(result.references).filter(([rival]) => columns.includes(rival)).map((
    [rival, other],
  ) => `, of ${rival} to ${other}`);
  print(
    `\n${suite.name}: medians of ${rounds} round${rounds === 1 ? "" : "s"}, ` +
      `(ratios to ${references.join(" and ")}${others.join("")})\n\n`,
  );
  print(formatResults(result.rows, columns, references));
  for (const [rival, reason] of Object.entries(result.unavailable)) {
    print(`\n${rival} is unavailable: ${reason}\n`);
  }
  for (const failure of result.failures) print(`\nfailed: ${failure}\n`);
  if (disturbance > MAX_DISTURBANCE) {
    const percent = (disturbance * 100).toFixed(0);
    print(`\nnot alone: others had ${percent} % of the proxy's processor; rates and latencies mean little\n`);
  }
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(Deno.args, suites);
    if (options.help) {
      print(helpText(suites));
      return 0;
    }
    const versions = { deno: Deno.version.deno, v8: Deno.version.v8, ...findPrograms(FOREIGN_PROGRAMS) };
    const plan = options.quick ? QUICK_PLAN : FULL_PLAN;
    const problem = descriptorProblem(plan.idleConnections);
    if (problem !== null) throw new RangeError(problem);
    const machine = describeMachine();
    const cores = chooseCores();
    pinTo(cores.load);
    const date = new Date().toISOString();
    const results = await onStage(
      { plan, cores, program: options.program },
      (stage) => measure(stage, options),
    );
    const { quick, rounds } = options;
    const facts = {
      date,
      commit: readCommit(options.program),
      machine,
      versions,
      quick,
      rounds,
    };
    if (options.save) Deno.writeTextFileSync(RESULTS_FILE, formatRecord(facts, results), { append: true });
    return results.some((result) => result.failures.length > 0) ? EXIT_FAILED : 0;
  } catch (error) {
    return reportFailure("bench", error);
  }
}

Deno.exit(await main());
