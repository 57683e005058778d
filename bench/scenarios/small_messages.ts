import type { Scenario } from "../suite.ts";
import { load } from "./load.ts";

/** Small requests and answers over 64 connections that stay open. */
export const smallMessages: Scenario = {
  name: "small",
  title: "small keep-alive messages",
  ...load("keep-alive"),
};
