import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** A connection for each small request; the backend closes first. */
export const newConnections: Scenario = {
  name: "connections",
  title: "new connections",
  metrics: [
    { name: "cpu", unit: "CPU µs each", digits: 1 },
    { name: "rate", unit: "1/s", digits: 0 },
  ],
  ...load(["Connection: close"], (plan) => plan.warmAgainS),
};
