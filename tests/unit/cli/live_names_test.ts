import assert from "node:assert/strict";
import { Command } from "commander";
import { liveQuestion, offered } from "../../../src/cli/completion/live_names.ts";
import { buildProgram } from "../../../src/cli/program.ts";
import { CapturedIo } from "./captured_io.ts";

/** What would be asked for the last word, in short; null where nothing is. */
async function asked(...words: readonly string[]): Promise<string | null> {
  const root = await buildProgram(new CapturedIo(), (name) => words.includes(name));
  const question = liveQuestion(root, words);
  if (question === null) return null;
  const { kind, app, beginning } = question;
  return `${kind} of ${app ?? "all"}: "${beginning}"`;
}

Deno.test("what is asked follows from the arguments and options before the word", async () => {
  assert.equal(await asked("drain", ""), 'app of all: ""');
  assert.equal(await asked("drain", "web", "10."), 'target of web: "10."');
  assert.equal(await asked("drain", "web", "10.0.0.1:80", ""), null);
  assert.equal(await asked("drain", "--for", "5m", "--wait", "web", ""), 'target of web: ""');
  assert.equal(await asked("drain", "web", "--reason", "w"), null);
  assert.equal(await asked("sessions", "--target", "1"), 'target of all: "1"');
  assert.equal(await asked("sessions", "web", "-t", ""), 'target of web: ""');
  assert.equal(await asked("logs", "-f", "--app", "w"), 'app of all: "w"');
  assert.equal(await asked("logs", "--app=w"), 'app of all: "w"');
  assert.equal(await asked("status", ""), null);
  assert.equal(await asked(""), null);
});

Deno.test("options on the line are read, so that the right proxy is asked", async () => {
  const root = await buildProgram(new CapturedIo(), () => true);
  const question = liveQuestion(root, ["targets", "--admin", "127.0.0.1:7", ""]);
  assert.deepEqual(question?.command.opts()["admin"], { host: "127.0.0.1", port: 7 });
  assert.ok(question?.command instanceof Command);
});

Deno.test("names that a shell would take apart, or run, are not offered", () => {
  const names = [
    "web",
    "web-2",
    "web 3",
    "web$(reboot)",
    "web`x`",
    "web;x",
    "http://10.0.0.1:80/a",
    "[::1]:80",
  ];
  assert.deepEqual(offered([...names, "web"], "we"), ["web", "web-2"]);
  assert.deepEqual(offered(names, "h"), ["http://10.0.0.1:80/a"]);
  assert.deepEqual(offered(names, "["), ["[::1]:80"]);
});
