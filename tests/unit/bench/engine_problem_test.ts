import assert from "node:assert/strict";
import { engineProblem } from "../../../bench/rivals/engine_problem.ts";

Deno.test("threads on the engine that was asked for are no problem", () => {
  const threads = [{ engine: "epoll" }, { engine: "epoll" }];
  assert.equal(engineProblem({ threads }, "epoll", '{"level":"warn","message":"something else"}'), null);
});

Deno.test("a fallback is told with the warnings of the log, without their time", () => {
  const log = '{"ts":"2026-01-02T03:04:05.678Z","level":"info","message":"started"}\n' +
    '{"ts":"2026-01-02T03:04:05.678Z","level":"warn","message":"no splice"}';
  assert.equal(
    engineProblem({ threads: [{ engine: "deno" }] }, "epoll", log),
    'asked for epoll, but the data threads run deno; {"message":"no splice"}',
  );
});

Deno.test("one thread on another engine is a problem, and so is no thread", () => {
  const mixed = { threads: [{ engine: "epoll" }, { engine: "deno" }] };
  assert.equal(
    engineProblem(mixed, "epoll", ""),
    "asked for epoll, but the data threads run epoll, deno",
  );
  assert.equal(engineProblem({ threads: [] }, "deno", ""), "asked for deno, but there is no data thread");
});
