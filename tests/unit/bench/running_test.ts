import assert from "node:assert/strict";
import { Children } from "../../../bench/process/children.ts";
import { end, freeze, measureNew, measureRunning } from "../../../bench/running.ts";
import { FULL_PLAN } from "../../../bench/stage.ts";
import type { Stage } from "../../../bench/stage.ts";
import type { Rival, RunningRival, RunningScenario, StartScenario } from "../../../bench/suite.ts";
import { eventually } from "../../kit/eventually.ts";
import { sampleSuite } from "./sample_suite.ts";
import { shell } from "./shell.ts";

/** The benchmark runs where there are `/proc` and `taskset`. */
const ignore = Deno.build.os !== "linux";

function stageWith(children: Children): Stage {
  return {
    children,
    dir: "",
    cores: { proxy: 0, load: 0 },
    plan: FULL_PLAN,
    program: "",
    backendPort: 0,
    mirrorPorts: [],
  };
}

/** A proxy that does nothing, with a program that belongs to it. */
function idleRival(companion: string): Rival {
  return {
    name: "idle",
    start: ({ children }) =>
      Promise.resolve({
        child: children.start(shell("exec sleep 1000")),
        port: 0,
        companions: [children.start(shell(companion))],
      }),
  };
}

Deno.test({
  name: "what a scenario starts is ended after it, with its companions, also when it fails",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    const started: RunningRival[] = [];
    const scenario = (isFailing: boolean): StartScenario => ({
      name: "start",
      title: "start",
      metrics: [],
      async measureStart(_stage, start): Promise<Record<string, number>> {
        started.push(await start(), await start(2));
        if (isFailing) throw new Error("on purpose");
        return { first: 1 };
      },
    });
    const rival = idleRival("exec sleep 1000");
    assert.deepEqual(await measureNew(stageWith(children), scenario(false), rival), { first: 1 });
    await assert.rejects(measureNew(stageWith(children), scenario(true), rival), /on purpose/);
    const programs = started.flatMap(({ child, companions = [] }) => [child, ...companions]);
    assert.deepEqual(programs.map((child) => child.hasEnded), Array(8).fill(true));
    await children.close();
  },
});

Deno.test({
  name: "one whose companion has ended is not measured",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    const stage = stageWith(children);
    const [scenario] = sampleSuite.scenarios;
    const rival = idleRival("echo no log >&2");
    const running = await rival.start(stage);
    await Promise.all((running.companions ?? []).map((child) => child.ended));
    await assert.rejects(
      measureRunning(stage, scenario as RunningScenario, { rival, ...running }, true),
      /shell is gone: no log/,
    );
    await end(running);
    await children.close();
  },
});

Deno.test({
  name: "a companion is frozen with its rival, and runs during its turn",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    const stage = stageWith(children);
    const rival = idleRival("exec sleep 1000");
    const running = await rival.start(stage);
    const programs = [running.child, ...running.companions ?? []];
    const areFrozen = (): boolean => programs.every((child) => stateOf(child) === "T");
    freeze(running);
    await eventually("both to stop", areFrozen);
    const scenario: RunningScenario = {
      name: "look",
      title: "look",
      metrics: [],
      async measure(): Promise<Record<string, number>> {
        await eventually("both to run", () => programs.every((child) => stateOf(child) !== "T"));
        return {};
      },
    };
    await measureRunning(stage, scenario, { rival, ...running }, true);
    await eventually("both to stop again", areFrozen);
    await end(running);
    await children.close();
  },
});

function stateOf({ pid }: { readonly pid: number }): string | undefined {
  return /\) (\w)/.exec(Deno.readTextFileSync(`/proc/${pid}/stat`))?.[1];
}
