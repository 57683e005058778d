import assert from "node:assert/strict";
import { makeRound } from "../../../../src/cli/demo/round.ts";
import { roundText } from "../../../../src/cli/demo/round_text.ts";
import { painter } from "../../../../src/cli/drawing/paint.ts";
import { appStatus } from "./app_status.ts";

/** Gives these replies in turn; an error is thrown. */
function replies(...texts: readonly (string | Error)[]): () => Promise<string> {
  const left = [...texts];
  return () => {
    const next = left.shift() ?? "";
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
}

const TCP = appStatus("web", ["127.0.0.1:7001", "localhost:7002", "127.0.0.1:7003"], { backup: 2 });

Deno.test("each answer counts for the target that it comes from; silence and errors are failures", async () => {
  const ask = replies(
    "127.0.0.1:7001: hello",
    "127.0.0.1:7002: hello",
    "127.0.0.1:7001: hello",
    "SSH-2.0",
    "",
    new Error("reset"),
  );
  const round = await makeRound(TCP, "127.0.0.1:5001", { isHttp: false, count: 6, ask });
  assert.deepEqual(round.targets.map(({ served, answers }) => [served, answers]), [
    ["127.0.0.1:7001", 2],
    ["127.0.0.1:7002", 1],
    ["127.0.0.1:7003", 0],
  ]);
  assert.deepEqual([round.others, round.failed, round.count], [1, 2, 6]);
});

Deno.test("endpoints on one server are told apart by their paths", async () => {
  const app = appStatus("api", ["http://127.0.0.1:7011", "http://127.0.0.1:7011/two"]);
  const ask = replies("Hello, world from 127.0.0.1:7011/two/", "Hello, world from 127.0.0.1:7011/", "<html>");
  const round = await makeRound(app, "127.0.0.1:5080", { isHttp: true, count: 3, ask });
  assert.deepEqual(round.targets.map(({ answers }) => answers), [1, 1]);
  assert.deepEqual([round.others, round.failed], [1, 0]);
});

Deno.test("a round is a title and a line for each target, with bars in a terminal alone", async () => {
  const ask = replies(...Array.from({ length: 6 }, (_, i) => `127.0.0.1:700${i === 0 ? 1 : 2}: hello`));
  const round = await makeRound(TCP, "127.0.0.1:5001", { isHttp: false, count: 6, ask });
  const isStopped = (address: string): boolean => address === "127.0.0.1:7003";
  assert.equal(
    roundText(round, { columns: Infinity, paint: painter(false), isStopped }),
    "web on 127.0.0.1:5001, round_robin: 6 connections, 0 failed\n" +
      "  127.0.0.1:7001  1 answer    16.7 %\n" +
      "  localhost:7002  5 answers   83.3 %\n" +
      "  127.0.0.1:7003  0 answers    0.0 %  backup, stopped\n",
  );
  assert.equal(
    roundText(round, { columns: 79, paint: painter(false), isStopped }),
    "web on 127.0.0.1:5001, round_robin: 6 connections, 0 failed\n" +
      "  127.0.0.1:7001  1 answer    16.7 %  ███▍\n" +
      "  localhost:7002  5 answers   83.3 %  ████████████████▋\n" +
      "  127.0.0.1:7003  0 answers    0.0 %                        backup, stopped\n",
  );
  const colored = roundText(round, { columns: 79, paint: painter(true), isStopped });
  for (const part of ["\x1b[36m███▍\x1b[39m", "\x1b[31mstopped\x1b[39m"]) assert.ok(colored.includes(part));
  const narrow = roundText(round, { columns: 50, paint: painter(false), isStopped });
  assert.ok(narrow.split("\n").every((line) => line.length <= 50), narrow);
});
