import assert from "node:assert/strict";
import {
  HEAP_COMPACTION_MAX_MS,
  HEAP_COMPACTION_MIN_BYTES,
  HEAP_COMPACTION_MS,
} from "../../../src/base/limits.ts";
import { HeapCompaction } from "../../../src/control/heap_compaction.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

/** A heap that is half rubbish whenever it is given back. */
function fakeHeap(
  size: number,
): { size: number; times: number; heap: ConstructorParameters<typeof HeapCompaction>[1] } {
  const state = {
    size,
    times: 0,
    heap: {
      size: () => state.size,
      compact: (): void => {
        state.times++;
        state.size /= 2;
      },
    },
  };
  return state;
}

Deno.test("a while after the last of some rollouts memory is given back, once", () => {
  const clock = new FakeClock();
  const fake = fakeHeap(4 * HEAP_COMPACTION_MIN_BYTES);
  const compaction = new HeapCompaction(clock, fake.heap);
  compaction.rolledOut();
  clock.advance(HEAP_COMPACTION_MS - 1);
  compaction.rolledOut();
  clock.advance(HEAP_COMPACTION_MS - 1);
  assert.equal(fake.times, 0);
  clock.advance(1);
  assert.equal(fake.times, 1);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("rollouts that do not end put it off for a bounded time", () => {
  const clock = new FakeClock();
  const fake = fakeHeap(4 * HEAP_COMPACTION_MIN_BYTES);
  const compaction = new HeapCompaction(clock, fake.heap);
  const every = HEAP_COMPACTION_MS / 2;
  for (let passed = 0; passed < HEAP_COMPACTION_MAX_MS; passed += every) {
    assert.equal(fake.times, 0);
    compaction.rolledOut();
    clock.advance(every);
  }
  assert.equal(fake.times, 1);
  fake.size *= 2;
  compaction.rolledOut();
  clock.advance(HEAP_COMPACTION_MS - 1);
  assert.equal(fake.times, 1);
  clock.advance(1);
  assert.equal(fake.times, 2);
});

Deno.test("a heap that has hardly grown since is left alone", () => {
  const clock = new FakeClock();
  const fake = fakeHeap(4 * HEAP_COMPACTION_MIN_BYTES);
  const compaction = new HeapCompaction(clock, fake.heap);
  const rollOut = (): void => {
    compaction.rolledOut();
    clock.advance(HEAP_COMPACTION_MS);
  };
  rollOut();
  fake.size += HEAP_COMPACTION_MIN_BYTES - 1;
  rollOut();
  assert.equal(fake.times, 1);
  fake.size++;
  rollOut();
  assert.equal(fake.times, 2);
});

Deno.test("one that is closed does nothing any more", () => {
  const clock = new FakeClock();
  const fake = fakeHeap(4 * HEAP_COMPACTION_MIN_BYTES);
  const compaction = new HeapCompaction(clock, fake.heap);
  compaction.rolledOut();
  compaction.close();
  clock.advance(HEAP_COMPACTION_MS);
  assert.equal(fake.times, 0);
});
