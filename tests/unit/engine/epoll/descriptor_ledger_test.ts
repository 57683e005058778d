import assert from "node:assert/strict";
import {
  DescriptorKind,
  DescriptorLedger,
  MAX_DESCRIPTORS,
} from "../../../../src/engine/epoll/descriptor_ledger.ts";

Deno.test("a ledger is seen by whoever shares its memory", () => {
  const ledger = new DescriptorLedger();
  ledger.note(7, DescriptorKind.connection);
  ledger.note(3, DescriptorKind.other);
  ledger.note(9, DescriptorKind.connection);
  ledger.note(8, DescriptorKind.connection);
  ledger.erase(8);
  const seen = new DescriptorLedger(ledger.buffer);
  assert.deepEqual(seen.list(DescriptorKind.connection), [7, 9]);
  assert.deepEqual(seen.list(DescriptorKind.other), [3]);
  assert.equal(seen.kind(8), DescriptorKind.none);
});

Deno.test("a descriptor that is too high is not noted", () => {
  const ledger = new DescriptorLedger();
  assert.equal(ledger.note(MAX_DESCRIPTORS - 1, DescriptorKind.other), true);
  assert.equal(ledger.note(MAX_DESCRIPTORS, DescriptorKind.other), false);
  assert.deepEqual(ledger.list(DescriptorKind.other), [MAX_DESCRIPTORS - 1]);
});
