import type { WhyStory } from "../../src/dashboard/api/why.ts";

/** A session whose first target refused it, and whose second took it. */
export const STORY: WhyStory = {
  id: "1-2",
  app: "web",
  client: "10.0.0.1:5000",
  listener: "0.0.0.0:80",
  started_at: "2030-01-01T12:00:00.000Z",
  open: false,
  picked_by: "round_robin",
  rule: null,
  candidates: [
    { target: "a:80", taken: false, passed_over: null },
    { target: "b:80", taken: true, passed_over: null },
    { target: "c:80", taken: false, passed_over: "down" },
  ],
  candidates_left_out: 0,
  attempts: [
    {
      target: "a:80",
      address: "10.1.0.1:80",
      at_ms: 0.1,
      ms: 1.5,
      result: "failed",
      error: "ECONNREFUSED",
      call: null,
    },
    {
      target: "b:80",
      address: "10.1.0.2:80",
      at_ms: 1.6,
      ms: 0.5,
      result: "connected",
      error: null,
      call: null,
    },
  ],
  first_byte_ms: 12,
  duration_ms: 250,
  bytes_in: 100,
  bytes_out: 2_000,
  first_ended: "client",
  closed_by: "client",
  close_reason: "done",
};
