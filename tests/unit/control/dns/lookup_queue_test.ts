import assert from "node:assert/strict";
import { MAX_DOUBTFUL_LOOKUPS, MAX_LOOKUPS } from "../../../../src/base/limits.ts";
import type { LookupCall, LookupResult } from "../../../../src/control/dns/lookup.ts";
import { LookupQueue } from "../../../../src/control/dns/lookup_queue.ts";

const FOUND: LookupResult = { ips: ["10.0.0.1"], ttlMs: 1_000, unanswered: null };
const PART: LookupResult = { ...FOUND, unanswered: "IPv6" };

/** A queue whose look-ups the test ends. */
class Fixture {
  readonly queue = new LookupQueue();
  /** Those that were started, in order. */
  readonly started: (LookupCall & { readonly host: string; end(): void })[] = [];
  /** Hosts whose look-up ended, with a mark where it failed. */
  readonly ended: string[] = [];
  readonly parts: string[] = [];

  /** @returns takes the wish back. */
  run(host: string, isDoubtful = false): () => void {
    const controller = new AbortController();
    this.queue.run({
      host,
      isDoubtful,
      signal: controller.signal,
      onPart: () => this.parts.push(host),
      lookup: (_, { onPart, signal }) =>
        new Promise((resolve) => {
          const end = (): void => resolve(FOUND);
          // As real ones do: with what they have.
          signal.addEventListener("abort", end);
          this.started.push({ host, onPart, signal, end });
        }),
    }).then(() => this.ended.push(host), () => this.ended.push(`${host} failed`));
    return () => controller.abort();
  }

  runMany(count: number, isDoubtful = false, prefix = "h"): void {
    for (let i = 0; i < count; i++) this.run(`${prefix}${i}`, isDoubtful);
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("a place that is free goes to the next in line", async () => {
  const fixture = new Fixture();
  fixture.runMany(MAX_LOOKUPS + 2);
  assert.equal(fixture.started.length, MAX_LOOKUPS);
  fixture.started[3]?.end();
  await settle();
  assert.deepEqual(fixture.started.at(-1)?.host, `h${MAX_LOOKUPS}`);
  assert.deepEqual(fixture.ended, ["h3"]);
});

Deno.test("names that failed take some of the places only, and wait behind the others", async () => {
  const fixture = new Fixture();
  fixture.runMany(MAX_LOOKUPS, true, "bad");
  assert.equal(fixture.started.length, MAX_DOUBTFUL_LOOKUPS);
  fixture.runMany(MAX_LOOKUPS, false, "good");
  assert.equal(fixture.started.length, MAX_LOOKUPS);
  // A place that either could take goes to the good one, until no more wait.
  fixture.started[0]?.end();
  await settle();
  assert.deepEqual(fixture.started.at(-1)?.host, `good${MAX_LOOKUPS - MAX_DOUBTFUL_LOOKUPS}`);
  for (let i = 0; i < fixture.started.length; i++) {
    fixture.started[i]?.end();
    await settle();
  }
  assert.equal(fixture.ended.length, 2 * MAX_LOOKUPS);
});

Deno.test("who knows some addresses gives its place to those that wait, and else waits for the rest", async () => {
  const fixture = new Fixture();
  fixture.runMany(MAX_LOOKUPS);
  fixture.started[0]?.onPart(PART);
  await settle();
  assert.deepEqual(fixture.ended, []);
  fixture.run("late");
  await settle();
  assert.deepEqual(fixture.ended, ["h0"]);
  assert.equal(fixture.started.at(-1)?.host, "late");
  // Somebody waits already when the part comes.
  fixture.run("later");
  fixture.started[1]?.onPart(PART);
  await settle();
  assert.deepEqual(fixture.ended, ["h0", "h1"]);
  assert.equal(fixture.started.at(-1)?.host, "later");
  assert.deepEqual(fixture.parts, ["h0", "h1"]);
  // A part after the end is nobody's.
  fixture.started[0]?.onPart(PART);
  assert.deepEqual(fixture.parts, ["h0", "h1"]);
});

Deno.test("who is not wanted any more leaves the line, or ends", async () => {
  const fixture = new Fixture();
  const stop = fixture.run("running");
  fixture.runMany(MAX_LOOKUPS - 1);
  const leave = fixture.run("waiting");
  fixture.run("last");
  leave();
  await settle();
  assert.deepEqual(fixture.ended, ["waiting failed"]);
  assert.equal(fixture.started.length, MAX_LOOKUPS);
  stop();
  await settle();
  assert.deepEqual(fixture.ended, ["waiting failed", "running"]);
  assert.equal(fixture.started.at(-1)?.host, "last");
});

Deno.test("look-ups that ended, run and wait are counted; those that were given up are not", async () => {
  const queue = new LookupQueue();
  const { signal } = new AbortController();
  const job = { host: "h", isDoubtful: false, signal, onPart: () => {} };
  await queue.run({ ...job, lookup: () => Promise.resolve(FOUND) });
  await assert.rejects(queue.run({ ...job, lookup: () => Promise.reject(new Error("no such name")) }));
  const givenUp = new AbortController();
  const lookup = (_: string, call: LookupCall): Promise<LookupResult> =>
    new Promise((_, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason)));
  const all = Array.from(
    { length: MAX_LOOKUPS + 2 },
    () => queue.run({ ...job, signal: givenUp.signal, lookup }).catch(() => {}),
  );
  assert.deepEqual(queue.counts, { successes: 1, failures: 1, running: MAX_LOOKUPS, waiting: 2 });
  givenUp.abort();
  await Promise.all(all);
  assert.deepEqual(queue.counts, { successes: 1, failures: 1, running: 0, waiting: 0 });
});
