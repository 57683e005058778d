import * as z from "zod";
import { ADMIN_ROLLOUT_WAIT_MS } from "../../../base/limits.ts";
import type { ApiSource } from "./api_source.ts";
import { pageFacts, pageOf, pageQuery } from "./page.ts";
import { ApiProblem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import {
  rolloutResult,
  rolloutView,
  viewRollout,
  viewWholeRollout,
  wholeRolloutView,
} from "./schemas/rollout.ts";

/** Newest first: the last number has the first key. */
const LARGEST = 10 ** 12;

/** The last rollouts, and how another one is begun. */
export function rolloutRoutes(source: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/rollouts",
      summary: "The last 100 rollouts since the start of the program, newest first",
      role: "read",
      query: pageQuery.extend({ result: rolloutResult.optional() }),
      answer: z.strictObject({ rollouts: z.array(rolloutView), ...pageFacts }),
      handle: ({ query: { result, ...page } }) => {
        const all = source.rollouts.entries.filter((entry) => (result ?? entry.result) === entry.result);
        const { entries, ...facts } = pageOf(all, page, ({ number }) => String(LARGEST - number));
        return { body: { rollouts: entries.map(viewRollout), ...facts } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/rollouts/{number}",
      summary: "One of them, with what was wrong or doubtful in its config",
      role: "read",
      params: z.strictObject({ number: z.string() }),
      answer: wholeRolloutView,
      handle: ({ params: { number } }) => {
        const entry = source.rollouts.entries.find((one) => String(one.number) === number);
        if (entry === undefined) {
          throw new ApiProblem("not_found", {
            detail: `There is no rollout ${number}`,
            hint: "the last 100 are kept",
          });
        }
        return { body: viewWholeRollout(entry) };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/reload",
      summary: "Reads the config again, as SIGHUP does, and says what became of it",
      description: "Status 202 where that takes longer than 20 s: look at the rollouts.",
      role: "write",
      answer: wholeRolloutView.nullable(),
      handle: async () => {
        const ended = source.rollouts.next(({ result }) => result !== "superseded", ADMIN_ROLLOUT_WAIT_MS);
        source.refresh();
        const entry = await ended;
        return entry === null ? { status: 202, body: null } : { body: viewWholeRollout(entry) };
      },
    }),
  ];
}
