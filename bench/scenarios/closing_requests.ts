import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** A client connection for each small request; those to endpoints stay open. */
export const closingRequests: Scenario = {
  name: "closing",
  title: "requests that close",
  metrics: [
    { name: "cpu", unit: "CPU µs each", digits: 1 },
    { name: "rate", unit: "1/s", digits: 0 },
  ],
  ...load(["Connection: close"], (plan) => plan.warmAgainS),
};
