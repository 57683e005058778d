import type { Scenario } from "../suite.ts";
import { measureLoad } from "./measure_load.ts";

/** A client connection for each small request; those to endpoints stay open. */
export const closingRequests: Scenario = {
  name: "closing",
  title: "requests that close",
  metrics: [
    { name: "cpu", unit: "CPU µs each", digits: 1 },
    { name: "rate", unit: "1/s", digits: 0 },
  ],
  measure: (stage, rival) => measureLoad(stage, rival, ["Connection: close"], stage.plan.warmAgainS),
};
