import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** Small requests and answers over 64 connections that stay open, at one request each. */
export const requests: Scenario = {
  name: "requests",
  title: "keep-alive requests",
  ...load("keep-alive"),
};
