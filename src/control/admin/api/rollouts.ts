import * as z from "zod";
import { ADMIN_ROLLOUT_WAIT_MS } from "../../../base/limits.ts";
import type { RolloutEntry } from "../../rollouts/rollout.ts";
import { rolloutResult, rolloutView, viewRollout } from "../../rollouts/rollout_json.ts";
import type { ApiSource } from "./api_source.ts";
import { pageFacts, pageOf, pageQuery } from "./page.ts";
import { ApiProblem } from "./problem.ts";
import { baseText, rolloutText } from "./rollout_texts.ts";
import { type ApiRequest, type Route, route } from "./route.ts";
import { viewWholeRollout, wholeRolloutView } from "./schemas/rollout.ts";

/** Newest first: the last number has the first key. */
const LARGEST = 10 ** 15;
const TEXT_TYPE = "text/plain; charset=utf-8";

const params = z.strictObject({ number: z.string() });

/** The last rollouts, and how another one is begun. */
export function rolloutRoutes(source: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/rollouts",
      summary: "The last 100 rollouts, newest first",
      role: "read",
      query: pageQuery.extend({ result: rolloutResult.optional() }),
      answer: z.strictObject({
        rollouts: z.array(rolloutView),
        ...pageFacts,
        directory: z.string().describe("Where they are kept over restarts; empty where they are not."),
        error: z.string().nullable().describe("Why the last ones are not there, null where all is well."),
      }),
      handle: ({ query: { result, ...page } }) => {
        const all = source.rollouts.entries.filter((entry) => (result ?? entry.result) === entry.result);
        const { entries, ...facts } = pageOf(
          all,
          page,
          ({ number }) => String(LARGEST - number).padStart(16, "0"),
        );
        return { body: { rollouts: entries.map(viewRollout), ...facts, ...source.rollouts.store } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/rollouts/{number}",
      summary:
        "One of them: what it changed, what became of sessions, what was wrong or doubtful in its config",
      description: "Lines of the config are shown to tokens with the role `write` alone.",
      role: "read",
      params,
      answer: wholeRolloutView,
      handle: async ({ params: { number }, bearer }) => ({
        body: await wholeRollout(source, find(source, number), bearer),
      }),
    }),
    route({
      method: "GET",
      path: "/api/v1/rollouts/{number}/config",
      summary: "The text of its config",
      description: "For tokens with the role `read` as YAML without comments, and with secrets redacted.",
      role: "read",
      params,
      answer: z.string(),
      answerType: TEXT_TYPE,
      handle: async ({ params: { number }, bearer }) => ({
        body: await rolloutText(source, find(source, number), bearer),
      }),
    }),
    route({
      method: "GET",
      path: "/api/v1/rollouts/{number}/diff",
      summary: "In what its text differs from the one that was in force before, as of `diff -u`",
      description: "For tokens with the role `read` both are as `config` shows them.",
      role: "read",
      params,
      answer: z.string(),
      answerType: TEXT_TYPE,
      handle: async ({ params: { number }, bearer }) => {
        const entry = find(source, number);
        const [before, after] = await Promise.all([
          baseText(source, entry, bearer),
          rolloutText(source, entry, bearer),
        ]);
        // It is seldom asked for, and its package takes a moment to load.
        const { textDiff } = await import("../../rollouts/text_diff.ts");
        return { body: textDiff(before, { name: `rollout ${number}`, text: after }) };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/reload",
      summary: "Reads the config again, as SIGHUP does, and says what became of it",
      description: "Status 202 where that takes longer than 20 s: look at the rollouts.",
      role: "write",
      answer: wholeRolloutView.nullable(),
      handle: async ({ bearer }) => {
        const ended = source.rollouts.next(({ result }) => result !== "superseded", ADMIN_ROLLOUT_WAIT_MS);
        source.refresh();
        const entry = await ended;
        return entry === null
          ? { status: 202, body: null }
          : { body: await wholeRollout(source, entry, bearer) };
      },
    }),
  ];
}

/** Shows all of a rollout to who asks. */
export async function wholeRollout(
  { rollouts, departing }: Pick<ApiSource, "rollouts" | "departing">,
  entry: RolloutEntry,
  bearer: ApiRequest["bearer"],
): Promise<z.input<typeof wholeRolloutView>> {
  const { revision, receipt } = entry;
  // Nobody has to be asked where nothing drained.
  const isSettled = revision === null || receipt === null || receipt.sessions.draining === 0 ||
    rollouts.isOfEarlierLife(entry);
  const drainingNow = isSettled ? 0 : (await departing()).get(revision) ?? 0;
  return viewWholeRollout(entry, { drainingNow, showsLines: bearer?.role !== "read" });
}

function find({ rollouts: { entries } }: ApiSource, number: string): RolloutEntry {
  const entry = entries.find((one) => String(one.number) === number);
  if (entry !== undefined) return entry;
  throw new ApiProblem("not_found", {
    detail: `There is no rollout ${number}`,
    hint: "the last 100 are kept",
  });
}
