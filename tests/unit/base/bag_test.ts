import assert from "node:assert/strict";
import fc from "fast-check";
import { Bag } from "../../../src/base/bag.ts";
import type { BagMember } from "../../../src/base/bag.ts";

class Member implements BagMember {
  bagIndex = -1;
}

function visited(bag: Bag<Member>): Set<Member> {
  const members = new Set<Member>();
  bag.forEach((member) => void members.add(member));
  return members;
}

Deno.test("a bag holds what a set would hold, after any changes", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (changes) => {
    const members = Array.from({ length: 10 }, () => new Member());
    const bag = new Bag<Member>();
    const model = new Set<Member>();
    for (const [puts, index] of changes) {
      const member = members[index] ?? new Member();
      if (!puts) {
        bag.delete(member);
        model.delete(member);
      } else if (!model.has(member)) {
        bag.add(member);
        model.add(member);
      }
      assert.equal(bag.size, model.size);
    }
    assert.deepEqual(visited(bag), model);
  }));
});

Deno.test("a visitor may take out any members: all others are still visited", () => {
  fc.assert(fc.property(fc.array(fc.nat(9), { minLength: 10, maxLength: 10 }), (victims) => {
    const members = Array.from({ length: 10 }, () => new Member());
    const bag = new Bag<Member>();
    for (const member of members) bag.add(member);
    const seen = new Set<Member>();
    const gone = new Set<Member>();
    bag.forEach((member) => {
      assert.ok(!gone.has(member));
      seen.add(member);
      const victim = members[victims[members.indexOf(member)] ?? 0] ?? member;
      bag.delete(victim);
      gone.add(victim);
    });
    for (const member of members) assert.ok(seen.has(member) || gone.has(member));
    assert.deepEqual(visited(bag), new Set(members.filter((member) => !gone.has(member))));
  }));
});
