import assert from "node:assert/strict";
import { MAX_SYSTEM_LOOKUPS } from "../../../../src/base/limits.ts";
import { SystemAddresses } from "../../../../src/control/dns/system_addresses.ts";

/** A system that the test answers for. */
class Fixture {
  readonly asked: string[] = [];
  readonly ended: string[] = [];
  readonly #answers: (() => void)[] = [];
  readonly #addresses = new SystemAddresses((host) => {
    this.asked.push(host);
    return new Promise((resolve) => this.#answers.push(() => resolve([host])));
  });

  /** @returns gives the wish up. */
  find(host: string): () => void {
    const controller = new AbortController();
    this.#addresses.find(host, controller.signal).then(
      ([ip]) => this.ended.push(`${ip}`),
      () => this.ended.push(`${host} given up`),
    );
    return () => controller.abort();
  }

  /** The system answers the question of this number. */
  async answer(index: number): Promise<void> {
    this.#answers[index]?.();
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("the system is asked for so many names at once, the others in turn", async () => {
  const fixture = new Fixture();
  for (let i = 0; i < MAX_SYSTEM_LOOKUPS + 2; i++) fixture.find(`${i}`);
  assert.equal(fixture.asked.length, MAX_SYSTEM_LOOKUPS);
  await fixture.answer(3);
  assert.deepEqual(fixture.ended, ["3"]);
  assert.equal(fixture.asked.at(-1), `${MAX_SYSTEM_LOOKUPS}`);
  for (let i = 0; i < MAX_SYSTEM_LOOKUPS + 2; i++) await fixture.answer(i);
  assert.equal(fixture.ended.length, MAX_SYSTEM_LOOKUPS + 2);
  // Every place was given back.
  for (let i = 0; i < MAX_SYSTEM_LOOKUPS + 1; i++) fixture.find(`again ${i}`);
  assert.equal(fixture.asked.filter((host) => host.startsWith("again")).length, MAX_SYSTEM_LOOKUPS);
});

Deno.test("who gives up does not wait, but holds its place until the system has answered", async () => {
  const fixture = new Fixture();
  const giveUp = fixture.find("0");
  for (let i = 1; i < MAX_SYSTEM_LOOKUPS; i++) fixture.find(`${i}`);
  const leave = fixture.find("leaves");
  fixture.find("next");
  giveUp();
  leave();
  await settle();
  assert.deepEqual(fixture.ended, ["0 given up", "leaves given up"]);
  assert.equal(fixture.asked.length, MAX_SYSTEM_LOOKUPS);
  await fixture.answer(0);
  assert.equal(fixture.asked.at(-1), "next");
  assert.deepEqual(fixture.ended, ["0 given up", "leaves given up"]);
});

Deno.test("a place that is handed to one who gives up at that moment goes on to the next", async () => {
  const fixture = new Fixture();
  for (let i = 0; i < MAX_SYSTEM_LOOKUPS; i++) fixture.find(`${i}`);
  const leave = fixture.find("leaves");
  fixture.find("next");
  leave();
  await fixture.answer(0);
  assert.equal(fixture.asked.at(-1), "next");
  for (let i = 1; i < fixture.asked.length; i++) await fixture.answer(i);
  for (let i = 0; i < MAX_SYSTEM_LOOKUPS + 1; i++) fixture.find(`again ${i}`);
  assert.equal(fixture.asked.filter((host) => host.startsWith("again")).length, MAX_SYSTEM_LOOKUPS);
});
