import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** A client connection for each small request; those to endpoints stay open. */
export const closingRequests: Scenario = {
  name: "closing",
  title: "requests that close",
  ...load("closing"),
};
