import assert from "node:assert/strict";
import { DescriptorKind, DescriptorLedger } from "../../../../src/engine/epoll/descriptor_ledger.ts";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { MAX_SPARE_PIPES } from "../../../../src/engine/epoll/pipe_pool.ts";
import { echoTarget } from "../../../kit/echo_target.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FaultyHop } from "../../../kit/faulty_hop.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { say } from "../../../kit/programs.ts";
import { rss } from "../../../kit/rss.ts";
import { SoakClient } from "../../../kit/soak_client.ts";
import { EngineThread } from "./engine_thread.ts";

/** `FPROXY_SOAK_SECONDS` makes it longer. */
const DURATION_MS = Number(Deno.env.get("FPROXY_SOAK_SECONDS") ?? 4) * 1_000;
const CLIENTS = 24;
/** What buffers, heaps and the kernel's pages may differ by between two looks. */
const MAX_GROWTH_BYTES = 128 * 1024 * 1024;
const FAULTS = {
  resetOnConnect: 0.02,
  resetOnData: 0.01,
  closeOnData: 0.01,
  split: 0.02,
  delay: 0.1,
  maxDelayMs: 5,
};

Deno.test("mixed traffic with faults on both sides leaves nothing behind", async () => {
  const seed = Number(Deno.env.get("FPROXY_SOAK_SEED") ?? Math.floor(Math.random() * 2 ** 32));
  say(`soak: seed ${seed}`);
  await using target = echoTarget();
  await using hop = await FaultyHop.open({ target: target.address, seed, faults: FAULTS });
  const sockets = [0, 1].map(() => ListeningSocket.open({ ip: "127.0.0.1", port: 0 }, 1024));
  const [clean, faulty] = sockets;
  assert.ok(clean && faulty);
  const threads = [
    await EngineThread.start(clean, target.address),
    await EngineThread.start(faulty, hop.address),
  ];
  const running = fdCount();
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) => new SoakClient(seed + index, clean.address.port, faulty.address.port),
  );
  const startedAt = performance.now();
  const look = async (share: number): Promise<number> => {
    await Promise.all(clients.map((client) => client.run(startedAt + DURATION_MS * share)));
    await eventually("every session to end", () => threads.every(hasNoConnection));
    return rss();
  };
  const looks = [await look(0.5), await look(0.75), await look(1)];
  const sessions = clients.reduce((sum, client) => sum + client.sessions, 0);
  const megabytes = looks.map((bytes) => Math.round(bytes / 2 ** 20));
  say(`soak: ${sessions} sessions, ${hop.broken} broken by the hop, resident ${megabytes.join(", ")} MiB`);
  assert.ok(sessions > CLIENTS, `${sessions} sessions`);
  const spare = threads.length * 2 * MAX_SPARE_PIPES;
  assert.ok(fdCount() <= running + spare, `${fdCount()} descriptors, ${running} before`);
  assert.ok((looks[2] ?? 0) - (looks[0] ?? 0) < MAX_GROWTH_BYTES, `resident ${megabytes.join(", ")} MiB`);
  for (const thread of threads) await thread.end();
  for (const socket of sockets) socket.close();
  await eventually("every descriptor to be returned", () => fdCount() <= running || fdCount() - running);
});

function hasNoConnection(thread: EngineThread): boolean {
  assert.equal(thread.death, null);
  return new DescriptorLedger(thread.ledger).list(DescriptorKind.connection).length === 0;
}
