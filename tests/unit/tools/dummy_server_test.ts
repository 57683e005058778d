import assert from "node:assert/strict";
import { seededRandom } from "../../../src/base/random.ts";
import { startDummyServer } from "../../../src/tools/dummy_server.ts";
import { eventually } from "../../kit/eventually.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { within } from "../../kit/within.ts";

const LOCAL = { ip: "127.0.0.1", port: 0 };

Deno.test("it greets with its label and the path", async () => {
  await using server = startDummyServer({
    listen: LOCAL,
    label: ":8000",
    delayResponding: false,
    randomErrors: false,
  });
  for (const path of ["/", "/some/path?query"]) {
    const response = await within("the answer", fetch(`http://127.0.0.1:${server.address.port}${path}`));
    assert.equal(response.status, 200);
    assert.equal(await response.text(), `Hello, world from :8000${path.split("?")[0]}`);
  }
  assert.equal(server.answered, 2);
});

Deno.test("without a label it names its real address", async () => {
  await using server = startDummyServer({ listen: LOCAL, delayResponding: false, randomErrors: false });
  const { port } = server.address;
  const response = await within("the answer", fetch(`http://127.0.0.1:${port}/`));
  assert.equal(await response.text(), `Hello, world from 127.0.0.1:${port}/`);
});

Deno.test("one request in four fails, whether answers are delayed or not", async () => {
  for (const delayResponding of [false, true]) {
    const clock = new FakeClock();
    await using server = startDummyServer({
      listen: LOCAL,
      delayResponding,
      randomErrors: true,
      random: seededRandom(7),
      clock,
    });
    const statuses: number[] = [];
    const requests = delayResponding ? 80 : 400;
    for (let i = 0; i < requests; i++) {
      const fetching = fetch(`http://127.0.0.1:${server.address.port}/`);
      if (delayResponding) {
        await eventually("the delay to begin", () => clock.pendingTimers === 1);
        clock.advance(1000);
      }
      const response = await within("the answer", fetching);
      statuses.push(response.status);
      await response.body?.cancel();
    }
    const errors = statuses.filter((status) => status === 500).length;
    // Three standard deviations are 0.145 of 80 and 0.065 of 400; the seed makes it the same each time.
    assert.ok(Math.abs(errors / requests - 0.25) < 0.145, `${errors} of ${requests}`);
    assert.equal(statuses.filter((status) => status === 200).length, requests - errors);
  }
});

Deno.test("delays are spread over a second", async () => {
  const clock = new FakeClock();
  const draws = [0, 0.999, 0.5];
  const random = (): number => draws.shift() ?? 0;
  await using server = startDummyServer({
    listen: LOCAL,
    delayResponding: true,
    randomErrors: false,
    random,
    clock,
  });
  for (const delayMs of [0, 999, 500]) {
    const fetching = fetch(`http://127.0.0.1:${server.address.port}/`);
    await eventually("the delay to begin", () => clock.pendingTimers === 1);
    if (delayMs > 0) clock.advance(delayMs - 1);
    assert.equal(clock.pendingTimers, 1);
    clock.advance(1);
    const response = await within("the answer", fetching);
    await response.body?.cancel();
  }
});

Deno.test("close frees the port, after the answers under way", async () => {
  const clock = new FakeClock();
  const server = startDummyServer({ listen: LOCAL, delayResponding: true, randomErrors: false, clock });
  const { port } = server.address;
  const fetching = fetch(`http://127.0.0.1:${port}/`);
  await eventually("the delay to begin", () => clock.pendingTimers === 1);
  const closing = server.close();
  clock.advance(1000);
  const response = await within("the answer", fetching);
  assert.equal(response.status, 200);
  await response.body?.cancel();
  await within("the close", closing);
  await assert.rejects(Deno.connect({ port }), Deno.errors.ConnectionRefused);
});
