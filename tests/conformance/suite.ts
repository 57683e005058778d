import type { EngineName } from "../../src/engine/engine.ts";
import { eventually } from "../kit/eventually.ts";
import { fdCount } from "../kit/fd_count.ts";
import type { Suite } from "./cases/case.ts";
import { exhaustionCases } from "./cases/exhaustion.ts";
import { failureCases } from "./cases/failure.ts";
import { flowCases } from "./cases/flow.ts";
import { listeningCases } from "./cases/listening.ts";
import { manyCases } from "./cases/many.ts";
import { timingCases } from "./cases/timing.ts";
import { transferCases } from "./cases/transfer.ts";
import { unreadCases } from "./cases/unread.ts";
import { ProxyUnderTest } from "./proxy_under_test.ts";

/**
 * Registers what every engine must do, as its interface says; the same for all engines. Each case also counts the
 * process's descriptors.
 */
export function conformance(engine: EngineName): void {
  const suite: Suite = {
    engine,
    start: (scenario) => ProxyUnderTest.start(engine, scenario),
    test: (name, run) => Deno.test(`${engine}: ${name}`, () => returningDescriptors(engine, run)),
  };
  transferCases(suite);
  unreadCases(suite);
  flowCases(suite);
  failureCases(suite);
  listeningCases(suite);
  timingCases(suite);
  exhaustionCases(suite);
  manyCases(suite);
}

let isWarm = false;

async function returningDescriptors(engine: EngineName, run: () => Promise<void>): Promise<void> {
  // The runtime opens some descriptors for good with its first worker.
  if (!isWarm) await (await ProxyUnderTest.start(engine, { mode: "hold" }))[Symbol.asyncDispose]();
  isWarm = true;
  const before = fdCount();
  await run();
  await eventually(
    "every descriptor to be returned",
    () => fdCount() <= before || `${fdCount()} > ${before}`,
  );
}
