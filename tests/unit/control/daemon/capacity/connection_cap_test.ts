import assert from "node:assert/strict";
import { seededRandom } from "../../../../../src/base/random.ts";
import {
  connectionCap,
  type DescriptorNeeds,
  type SessionCost,
} from "../../../../../src/control/daemon/capacity/connection_cap.ts";
import { descriptorLimit } from "../../../../../src/control/daemon/capacity/descriptor_limit.ts";
import { LaunchedProgram } from "../../../../kit/launched_program.ts";
import { testWith } from "../../../../kit/programs.ts";

const NO_PIPES = { total: 0, each: 0 };

function needs(changes: Partial<DescriptorNeeds> = {}): DescriptorNeeds {
  return { threads: 2, sockets: 0, idle: 0, probes: 0, pipes: NO_PIPES, apps: [cost(2)], ...changes };
}

function cost(descriptors: number, sessions = Infinity): SessionCost {
  return { descriptors, sessions };
}

/** What is left of a limit for sessions of two threads. */
const LEFT_OF_1024 = 1024 - 128 - 2 * 8;

Deno.test("the cap leaves room for the program itself, its threads and sockets, and one client more a thread", () => {
  assert.equal(connectionCap(1024, needs()), LEFT_OF_1024 / 2 - 2);
  assert.equal(connectionCap(1024, needs({ sockets: 20 })), (LEFT_OF_1024 - 20) / 2 - 2);
  assert.equal(connectionCap(1024, needs({ idle: 100 })), (LEFT_OF_1024 - 100) / 2 - 2);
  assert.equal(connectionCap(1024, needs({ probes: 100 })), (LEFT_OF_1024 - 100) / 2 - 2);
});

Deno.test("sessions are counted by what they take: a fan-out to ten is eleven", () => {
  assert.equal(connectionCap(1024, needs({ apps: [cost(11)] })), Math.floor(LEFT_OF_1024 / 11) - 2);
});

Deno.test("the dearest sessions count, as many as their app may have", () => {
  assert.equal(connectionCap(1024, needs({ apps: [cost(2), cost(11)] })), Math.floor(LEFT_OF_1024 / 11) - 2);
  const limited = connectionCap(1024, needs({ apps: [cost(2), cost(11, 10)] }));
  assert.equal(limited, 10 + (LEFT_OF_1024 - 110) / 2 - 2);
});

Deno.test("pipes are counted by session up to all that there can be", () => {
  const few = { total: 100, each: 4 };
  assert.equal(connectionCap(1024, needs({ pipes: few })), (LEFT_OF_1024 - 100) / 2 - 2);
  const many = { total: 4096, each: 4 };
  assert.equal(connectionCap(1024, needs({ pipes: many })), Math.floor(LEFT_OF_1024 / 6) - 2);
});

Deno.test("whatever there is, the worst that the cap lets in fits, and one more would not", () => {
  const random = seededRandom(8);
  const upTo = (most: number): number => Math.floor(random() * most);
  for (let round = 0; round < 500; round++) {
    const limit = 256 + upTo(20_000);
    const apps = Array.from(
      { length: upTo(5) },
      () => cost(2 + upTo(12), random() < 0.5 ? Infinity : upTo(200)),
    );
    const threads = 1 + upTo(8);
    const pipes = random() < 0.5 ? NO_PIPES : { total: threads * 2048, each: 4 };
    const all = needs({ threads, sockets: upTo(50), idle: upTo(50), pipes, apps });
    const fixed = 128 + threads * 8 + all.sockets + all.idle;
    const cap = connectionCap(limit, all);
    assert.ok(
      cap === 1 || fixed + worst(cap + threads, all) <= limit,
      `${cap} of ${JSON.stringify({ limit, ...all })}`,
    );
    assert.ok(
      fixed + worst(cap + threads + 1, all) > limit,
      `${cap} of ${JSON.stringify({ limit, ...all })}`,
    );
  }
});

/** What the dearest choice of so many sessions takes, one session after the other. */
function worst(sessions: number, { apps, pipes }: DescriptorNeeds): number {
  const each = apps.toSorted((a, b) => b.descriptors - a.descriptors)
    .flatMap((app) => new Array<number>(Math.min(app.sessions, sessions)).fill(app.descriptors)).slice(
      0,
      sessions,
    );
  const rest = (sessions - each.length) * 2;
  return each.reduce((sum, one) => sum + one, 0) + rest + Math.min(pipes.total, pipes.each * sessions);
}

Deno.test("the cap is at least one, however few descriptors there are", () => {
  assert.equal(connectionCap(64, needs({ sockets: 100 })), 1);
});

testWith(["prlimit"], "the descriptor limit is found out with the program's own permissions", async () => {
  const module =
    new URL("../../../../../src/control/daemon/capacity/descriptor_limit.ts", import.meta.url).href;
  await using program = new LaunchedProgram({
    command: "prlimit",
    args: [
      "--nofile=345:345",
      Deno.execPath(),
      "eval",
      `console.log("limit", (await import(${JSON.stringify(module)})).descriptorLimit())`,
    ],
  });
  await program.line(/^limit 345$/);
  assert.ok((descriptorLimit() ?? 0) > 0 || Deno.build.os === "windows");
});
