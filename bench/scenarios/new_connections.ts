import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** A connection for each small request; the backend closes first. */
export const newConnections: Scenario = {
  name: "connections",
  title: "new connections",
  ...load("closing"),
};
