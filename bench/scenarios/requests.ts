import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** Small requests and answers over 64 connections that stay open, at one request each. */
export const requests: Scenario = {
  name: "requests",
  title: "keep-alive requests",
  metrics: [
    { name: "cpu", unit: "CPU µs each", digits: 2 },
    { name: "rate", unit: "1/s", digits: 0 },
  ],
  ...load([], (plan) => plan.warmUpS),
};
