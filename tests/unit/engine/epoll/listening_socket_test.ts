import assert from "node:assert/strict";
import { NetError } from "../../../../src/base/errors.ts";
import { duplicate, ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { localAddress, socketCookie } from "../../../../src/engine/epoll/socket.ts";
import { eventually } from "../../../kit/eventually.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { libc } from "../../../kit/opened_libc.ts";

const BACKLOG = 16;
const ANY_PORT = { ip: "127.0.0.1", port: 0 };

Deno.test("a socket is bound, listens, and takes one descriptor", async () => {
  const before = fdCount();
  const socket = ListeningSocket.open(ANY_PORT, BACKLOG);
  assert.equal(fdCount(), before + 1);
  assert.deepEqual(localAddress(libc, socket.descriptor), socket.address);
  const client = await Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
  client.close();
  socket.close();
  socket.close();
  assert.equal(fdCount(), before);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: socket.address.port }));
});

Deno.test("sockets on the same address are told apart", () => {
  const before = fdCount();
  const first = ListeningSocket.open(ANY_PORT, BACKLOG);
  const others = Array.from({ length: 5 }, () => ListeningSocket.open(first.address, BACKLOG));
  const all = [first, ...others];
  assert.equal(new Set(all.map(({ descriptor }) => descriptor)).size, 6);
  assert.equal(new Set(all.map(({ descriptor }) => socketCookie(libc, descriptor))).size, 6);
  for (const socket of all) socket.close();
  assert.equal(fdCount(), before);
});

Deno.test("a socket of Deno's own on the same address is left alone", () => {
  const before = fdCount();
  const own = Deno.listen({ hostname: "127.0.0.1", port: 0, reusePort: true });
  const socket = ListeningSocket.open({ ip: "127.0.0.1", port: own.addr.port }, BACKLOG);
  assert.equal(fdCount(), before + 2);
  socket.close();
  assert.equal(fdCount(), before + 1);
  own.close();
});

Deno.test("the descriptor is found where others take and free numbers all the time", () => {
  const before = fdCount();
  const held: Deno.TcpListener[] = [];
  for (let round = 0; round < 40; round++) {
    held.push(Deno.listen({ hostname: "127.0.0.1", port: 0, reusePort: true }));
    if (round % 3 === 2) held.shift()?.close();
    const socket = ListeningSocket.open({ ip: "127.0.0.1", port: held[0]?.addr.port ?? 0 }, BACKLOG);
    assert.equal(socket.address.port, held[0]?.addr.port);
    socket.close();
  }
  for (const listener of held) listener.close();
  assert.equal(fdCount(), before);
});

Deno.test("the descriptor is found where another thread took the number that was likely", () => {
  const before = fdCount();
  const first = ListeningSocket.open(ANY_PORT, BACKLOG);
  const listen = Deno.listen;
  const taken: Deno.FsFile[] = [];
  const rival = (options: Deno.TcpListenOptions): Deno.TcpListener => {
    taken.push(Deno.openSync("/dev/null"));
    return listen(options);
  };
  Deno.listen = rival as typeof Deno.listen;
  let second: ListeningSocket;
  try {
    second = ListeningSocket.open(first.address, BACKLOG);
  } finally {
    Deno.listen = listen;
  }
  assert.equal(taken.length, 1);
  assert.deepEqual(localAddress(libc, second.descriptor), first.address);
  assert.notEqual(socketCookie(libc, second.descriptor), socketCookie(libc, first.descriptor));
  for (const resource of [first, second, ...taken]) resource.close();
  assert.equal(fdCount(), before);
});

Deno.test("IPv6 addresses work too", () => {
  const socket = ListeningSocket.open({ ip: "::1", port: 0 }, BACKLOG);
  assert.deepEqual(localAddress(libc, socket.descriptor), socket.address);
  socket.close();
});

Deno.test("an address in use or not of this machine is told by its code", () => {
  const before = fdCount();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hasCode = (code: string) => (error: unknown): boolean =>
    error instanceof NetError && error.code === code;
  assert.throws(
    () => ListeningSocket.open({ ip: "127.0.0.1", port: taken.addr.port }, BACKLOG),
    hasCode("in_use"),
  );
  assert.throws(
    () => ListeningSocket.open({ ip: "192.0.2.1", port: 0 }, BACKLOG),
    hasCode("unavailable_address"),
  );
  taken.close();
  assert.equal(fdCount(), before);
});

Deno.test("a duplicate keeps the socket and its queue alive", async () => {
  const socket = ListeningSocket.open(ANY_PORT, BACKLOG);
  const copy = duplicate(libc, socket.descriptor);
  const client = await Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
  socket.close();
  const late = await Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
  for (const connection of [client, late]) connection.close();
  libc.call.close(copy);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: socket.address.port }));
});

Deno.test("clients that nobody accepts wait in the queue, and are counted", async () => {
  const socket = ListeningSocket.open(ANY_PORT, BACKLOG);
  assert.deepEqual(socket.queue, { waiting: 0, limit: BACKLOG });
  const { port } = socket.address;
  const clients = await Promise.all([1, 2, 3].map(() => Deno.connect({ hostname: "127.0.0.1", port })));
  await eventually("the clients to be in the queue", () => socket.queue?.waiting === 3);
  for (const client of clients) client.close();
  socket.close();
  assert.equal(socket.queue, null);
});
