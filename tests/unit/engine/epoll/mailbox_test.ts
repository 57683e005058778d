import assert from "node:assert/strict";
import fc from "fast-check";
import { RING_BYTES } from "../../../../src/engine/epoll/mailbox.ts";
import { MailboxReceiver } from "../../../../src/engine/epoll/mailbox_receiver.ts";
import { MailboxSender } from "../../../../src/engine/epoll/mailbox_sender.ts";
import { eventually } from "../../../kit/eventually.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { checksum } from "./checksum_text.ts";
import { libc } from "../../../kit/opened_libc.ts";

/** Texts of any length: none, short, near the ring's size, several rings. */
const texts = fc.tuple(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 200 }),
    fc.integer({ min: RING_BYTES - 20, max: RING_BYTES + 20 }),
    fc.integer({ min: 0, max: 3 * RING_BYTES }),
  ),
).map(([head, length]) => head + "é".repeat(length / 2));

async function receiveAll(receiver: MailboxReceiver, sender: MailboxSender): Promise<string[]> {
  const received: string[] = [];
  const take = (): boolean => receiver.receive((text) => received.push(text));
  take();
  // What did not fit follows once the sender has seen that there is room.
  await eventually("the queue to be empty", () => {
    take();
    return sender.queuedBytes === 0;
  });
  take();
  return received;
}

Deno.test("messages of any size arrive whole, once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(texts, { maxLength: 5 }), { maxLength: 4 }), async (bursts) => {
      const sender = new MailboxSender(libc);
      const receiver = new MailboxReceiver(sender.share);
      for (const burst of bursts) {
        for (const text of burst) sender.send(text);
        assert.deepEqual(await receiveAll(receiver, sender), burst);
      }
      sender.close();
    }),
    { numRuns: 40 },
  );
});

Deno.test("positions may pass 2^31 and 2^32", async () => {
  for (const start of [2 ** 31 - 10, 2 ** 32 - 10]) {
    const sender = new MailboxSender(libc);
    new Int32Array(sender.share.memory).fill(start | 0, 0, 2);
    const receiver = new MailboxReceiver(sender.share);
    const sent = ["short", "x".repeat(RING_BYTES), "y".repeat(RING_BYTES + 1), "last"];
    for (const text of sent) sender.send(text);
    assert.deepEqual(await receiveAll(receiver, sender), sent);
    sender.close();
  }
});

Deno.test("sending never waits, and what was not read is dropped at close", () => {
  const before = fdCount();
  const sender = new MailboxSender(libc);
  sender.send("x".repeat(10 * RING_BYTES));
  assert.ok(sender.queuedBytes >= 9 * RING_BYTES);
  sender.close();
  sender.close();
  sender.send("after close");
  assert.equal(sender.queuedBytes, 0);
  assert.equal(fdCount(), before);
});

Deno.test("messages can be taken one at a time, so that something else is done between them", () => {
  const sender = new MailboxSender(libc);
  const receiver = new MailboxReceiver(sender.share);
  for (const text of ["one", "", "three"]) sender.send(text);
  const received: string[] = [];
  const take = (): boolean => receiver.receive((text) => received.push(text), 1);
  assert.deepEqual([take(), received], [true, ["one"]]);
  assert.deepEqual([take(), take(), received], [true, true, ["one", "", "three"]]);
  assert.equal(take(), false);
  sender.close();
});

Deno.test("a thread that blocks in the kernel hears every message, while more are sent", async () => {
  const sender = new MailboxSender(libc);
  const worker = new Worker(new URL("./mailbox_worker.ts", import.meta.url), { type: "module" });
  const answers: string[] = [];
  worker.onmessage = (event: MessageEvent<string>): void => void answers.push(event.data);
  worker.postMessage(sender.share);
  const sent: string[] = [];
  const lengths = [0, 1, 100, 65_000, 70_000, 1_000_000, 3, 5_000_000];
  for (let round = 0; round < 200; round++) {
    const text = String(round).padEnd(lengths[round % lengths.length] ?? 0, `ä${round}`);
    // Long ones seldom, since they are what takes time.
    if (text.length > 100_000 && round > 16) continue;
    sent.push(text);
    sender.send(text);
    if (round % 10 === 0) await eventually("an answer", () => answers.length > sent.length - 10);
  }
  sent.push("end");
  sender.send("end");
  await eventually("all answers", () => answers.length === sent.length || answers.length);
  assert.deepEqual(answers, sent.map(checksum));
  sender.close();
  worker.terminate();
});
