import assert from "node:assert/strict";
import { waitForDrain } from "../../../../src/cli/operator/wait_for_drain.ts";
import type { Clock } from "../../../../src/base/clock.ts";
import type { TargetView } from "../../../../src/control/admin/api/schemas/target.ts";

/** Time passes as soon as somebody waits for it. */
class HastyClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#now;
  }

  timer(delayMs: number, callback: () => void): () => void {
    this.#now += delayMs;
    queueMicrotask(callback);
    return () => {};
  }
}

/** What each look finds: open sessions, a target that is drained no more or gone, or no answer. */
type Look = number | "ready" | "gone" | "failed";

/** Waits, with these looks one after another; the last one again and again. */
async function wait(looks: readonly Look[], timeoutMs: number | null = null): Promise<readonly number[]> {
  const reported: number[] = [];
  let at = 0;
  const targets = (): Promise<readonly TargetView[]> => {
    const look = looks[Math.min(at++, looks.length - 1)] ?? 0;
    if (look === "failed") return Promise.reject(new Error("no answer"));
    const view = {
      target: "a:1",
      connections_active: look === "ready" ? 3 : look,
      effective: { state: look === "ready" ? "ready" : "drain", weight: 1, available: false },
    } as Partial<TargetView> as TargetView;
    return Promise.resolve(look === "gone" ? [] : [view]);
  };
  await waitForDrain({ targets }, {
    app: "web",
    target: "a:1",
    timeoutMs,
    clock: new HastyClock(),
    onOpen: (count) => void reported.push(count),
  });
  return reported;
}

Deno.test("a wait ends when nothing was open twice in a row, and reports once a second at most", async () => {
  assert.deepEqual(await wait([2, 0, 1, 1, 1, 1, 0, 0]), [2, 1]);
  assert.deepEqual(await wait([0, 0]), [0]);
});

Deno.test("a wait ends with why it was for nothing", async () => {
  await assert.rejects(wait([2, "ready"]), {
    message: "the drain of a:1 ended before its last session did: 3 sessions open",
  });
  await assert.rejects(wait([2, "gone"]), { message: "a:1 is no target of app web any more" });
  await assert.rejects(wait([2], 1_000), {
    message: "a:1 still has 2 sessions open after 1s; it stays drained",
  });
});

Deno.test("a wait survives an admin server that is gone for a moment, and no longer", async () => {
  assert.deepEqual(await wait([1, "failed", "failed", 0, 0]), [1]);
  await assert.rejects(wait([1, "failed"]), { message: "no answer" });
});
