import type { Rival, Scenario, Suite } from "../../../bench/suite.ts";

function rival(name: string): Rival {
  return { name, start: () => Promise.reject(new Error("Not to be started")) };
}

function scenario(name: string, title: string, metrics: Scenario["metrics"]): Scenario {
  return { name, title, metrics, measure: () => Promise.reject(new Error("Not to be measured")) };
}

/** A suite with two rivals and two scenarios, which cannot be run. */
export const sampleSuite: Suite = {
  name: "sample",
  reference: "old",
  rivals: [rival("old"), rival("new")],
  scenarios: [
    scenario("load", "some load", [
      { name: "cpu", unit: "CPU µs", digits: 1 },
      { name: "rate", unit: "1/s", digits: 0 },
    ]),
    scenario("idle", "no load", [{ name: "memory", unit: "KB", digits: 2 }]),
  ],
};
