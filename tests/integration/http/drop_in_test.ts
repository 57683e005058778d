import assert from "node:assert/strict";
import type { LaunchedProgram } from "../../kit/launched_program.ts";
import { eventually } from "../../kit/eventually.ts";
import { freePort } from "../../kit/servers.ts";
import { get } from "./setup.ts";
import { startTool, tool } from "../tools/setup.ts";

/** Longer than programs take to start on a busy machine; they are ended when all was seen. */
const STOP_AFTER = "60s";

/** What scripts for the original do: three servers on `localhost`, a fan-out to them, requests until it stops. */
Deno.test("http: a script for the original runs with the names of the programs replaced", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fproxy_drop_in_" });
  const log = `${folder}/balancer.log`;
  const programs: LaunchedProgram[] = [];
  try {
    const addresses: string[] = [];
    for (let i = 0; i < 3; i++) {
      const address = `localhost:${freePort()}`;
      programs.push(startTool([
        ...["dummy", "-address", address, "-stop-after", STOP_AFTER],
        ...["-delay-responding=false", "--random-errors=false"],
      ]));
      addresses.push(address);
      // On both loopback addresses.
      for (const at of [0, 1]) {
        await programs[i]?.line(/^listening on (?:127\.0\.0\.1|\[::1\]):\d+$/, 30_000, at);
      }
    }
    const endpoints = addresses.map((address) => `http://${address}`);
    const own = `localhost:${freePort()}`;
    const balancer = startTool([
      ...["http", "-f", "-a", own, "-e", endpoints.join(","), "-s", STOP_AFTER, "-log-file", log],
    ]);
    programs.push(balancer);
    const text = (): string => Deno.readTextFileSync(log);
    await eventually("the balancer", () => (text().match(/ starting on: /g) ?? []).length === 2, 30_000);

    const answers = new Map<string, number>();
    for (let n = 0; n < 60; n++) {
      const { status, body } = await get(`http://${own}/`);
      assert.equal(status, 200);
      answers.set(body, (answers.get(body) ?? 0) + 1);
    }
    for (const body of answers.keys()) {
      assert.ok(addresses.some((address) => body === `Hello, world from ${address}/`), body);
    }
    await eventually("the log", () => (text().match(/served in/g) ?? []).length === 60);
    for (const [index, url] of endpoints.entries()) {
      assert.ok(text().includes(` configuring endpoint ${index}: "${url}"\n`), text());
      const served = text().match(new RegExp(` request / served in \\d+ms by endpoint ${index}$`, "gm")) ??
        [];
      assert.equal(served.length, answers.get(`Hello, world from ${addresses[index]}/`) ?? 0);
    }
    for (const program of programs) program.kill("SIGTERM");
    for (const program of programs) assert.equal((await program.result(30_000)).code, 0);
  } finally {
    await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()));
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("http: a name that does not resolve ends it with exit code 1 and the reason", async () => {
  const { code, stderr } = await tool(["http", "-a", "nowhere.invalid:0", "-e", "http://127.0.0.1:1"]);
  assert.match(stderr, /listen address cannot be bound.*Cannot resolve nowhere\.invalid/);
  assert.equal(code, 1);
});
