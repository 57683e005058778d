import * as z from "zod";
import { CLOSE_REASONS } from "../../../../model/close_reason.ts";
import { ATTEMPT_RESULTS, CALL_ANSWERS, PASSED_OVER } from "../../../../model/why.ts";

const candidate = z.strictObject({
  target: z.string(),
  taken: z.boolean().describe("It took the session."),
  passed_over: z.enum(PASSED_OVER).nullable().describe("Null where it could have been given the session."),
});

const attempt = z.strictObject({
  target: z.string(),
  address: z.string().describe("`ip:port`."),
  at_ms: z.number().describe("When it began, since `started_at`."),
  ms: z.number().describe("How long it took to connect, or to fail; 0 on a connection that was open."),
  result: z.enum(ATTEMPT_RESULTS).describe("`abandoned`: given up, since it was no longer needed."),
  error: z.string().nullable().describe(
    "Where it failed: the system's name for it, or a word such as `timed_out` where it was not the system's.",
  ),
  call: z.strictObject({
    hedge: z.boolean().describe("Sent because those before were slow."),
    reused: z.boolean().describe("On a connection that was open already."),
    answer: z.enum(CALL_ANSWERS).describe(
      "`taken` by the client; `not_terminal`, so another was asked; `broken`, none that could be read; `timed_out`; " +
        "`not_needed`, another came first; `cut`, the request ended before; `awaited` still.",
    ),
    status: z.int().nullable(),
    first_byte_ms: z.number().nullable().describe("Since `started_at`."),
  }).nullable().describe("The request there, in mode `http`, where it was connected."),
});

/** Why a session or request went as it did. */
export const whyView = z.strictObject({
  id: z.string().describe("As in its access record."),
  app: z.string(),
  client: z.string().describe("`ip:port`."),
  listener: z.string(),
  thread: z.int().describe("Data thread that had it."),
  revision: z.int().describe("Of the app's config that it ran under."),
  started_at: z.iso.datetime().describe("Of the accept, or in mode `http` of the whole head of the request."),
  open: z.boolean().describe("It has not ended: all of this is as of now."),
  picked_by: z.string().describe("Name of the strategy."),
  rule: z.string().nullable().describe("The rule that held, for the strategy `rules`."),
  candidates: z.array(candidate).describe(
    "Targets of the app at the last choice; empty where it did not come to one. Of more than 100 those of which there is " +
      "something to say come first.",
  ),
  candidates_left_out: z.int().describe("Targets that are not in that list."),
  attempts: z.array(attempt).describe("In the order of their starts."),
  request: z.strictObject({
    method: z.string(),
    path: z.string().describe("With the query; of a long one its beginning."),
  }).optional().describe("In mode `http`, where a head was read."),
  status: z.int().nullable().optional().describe("Of the answer that the client got; in mode `http`."),
  first_byte_ms: z.number().nullable().describe("Of the target, since `started_at`."),
  duration_ms: z.number().nullable().describe("Null while it is open."),
  bytes_in: z.int().describe("From the client."),
  bytes_out: z.int().describe("To the client."),
  first_ended: z.enum(["client", "target"]).nullable().describe("Whose FIN or failure came first."),
  closed_by: z.enum(["client", "target", "proxy"]).nullable().describe(
    "Who ended it; null while it is open, and where the connection of a request goes on.",
  ),
  close_reason: z.enum(CLOSE_REASONS).nullable().describe("Null while it is open."),
}).meta({ id: "Why" });

/** One of {@link whyView}. */
export type WhyView = z.output<typeof whyView>;
