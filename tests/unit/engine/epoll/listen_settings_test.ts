import assert from "node:assert/strict";
import type { Connection, Listener, ListenSettings } from "../../../../src/engine/engine.ts";
import { EpollConnection } from "../../../../src/engine/epoll/connection.ts";
import { Sock } from "../../../../src/engine/epoll/constants.ts";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { readOption } from "../../../../src/engine/epoll/socket.ts";
import { libc } from "../../../kit/opened_libc.ts";
import { testIf } from "../../../kit/programs.ts";
import { TurningEngine } from "../../../kit/turning_engine.ts";
import { within } from "../../../kit/within.ts";

const ANY_PORT = { ip: "127.0.0.1", port: 0 };
const PLAIN: ListenSettings = {
  backlog: 16,
  tcp: { noDelay: false, keepAlive: null, userTimeoutMs: 0 },
};
const ALL: ListenSettings = {
  backlog: 16,
  tcp: { ...PLAIN.tcp, noDelay: true, receiveBufferBytes: 50_000, sendBufferBytes: 32_768 },
  deferAcceptS: 5,
  fastOpenQueue: 8,
};

/** Options of a socket: no delay, defer accept, fast open, and the sizes of its buffers. */
function optionsOf(descriptor: number): number[] {
  const { IPPROTO_TCP, SOL_SOCKET, TCP_NODELAY, TCP_DEFER_ACCEPT, TCP_FASTOPEN, SO_RCVBUF, SO_SNDBUF } = Sock;
  return [
    ...[TCP_NODELAY, TCP_DEFER_ACCEPT, TCP_FASTOPEN].map((option) =>
      readOption(libc, descriptor, IPPROTO_TCP, option)
    ),
    ...[SO_RCVBUF, SO_SNDBUF].map((option) => readOption(libc, descriptor, SOL_SOCKET, option)),
  ];
}

/** Sizes of an accepted connection's buffers, and which of them are fixed. */
function buffersOf(connection: Connection): number[] {
  assert.ok(connection instanceof EpollConnection);
  return [Sock.SO_RCVBUF, Sock.SO_SNDBUF, Sock.SO_BUF_LOCK].map((option) =>
    readOption(libc, connection.descriptor, Sock.SOL_SOCKET, option)
  );
}

/** A kernel before Linux 5.14 cannot give a buffer back. */
function canUnlock(): boolean {
  const socket = ListeningSocket.open(ANY_PORT, 1);
  const locks = readOption(libc, socket.descriptor, Sock.SOL_SOCKET, Sock.SO_BUF_LOCK);
  socket.close();
  return locks >= 0;
}

/** The kernel rounds 5 s up to its repetitions after 1, 2 and 4 s, and doubles sizes (man 7 tcp, man 7 socket). */
const ALL_TOLD = [1, 7, 8, 100_000, 65_536];

Deno.test("a socket has its settings as soon as control has opened it", () => {
  const socket = ListeningSocket.open(ANY_PORT, 16);
  socket.set(ALL);
  assert.deepEqual(optionsOf(socket.descriptor), ALL_TOLD);
  socket.close();
});

testIf(
  canUnlock() ? null : "the kernel has no SO_BUF_LOCK",
  "a socket that is adopted loses what is no longer configured",
  async () => {
    await using turning = new TurningEngine();
    const socket = ListeningSocket.open(ANY_PORT, 16);
    const untouched = optionsOf(socket.descriptor);
    socket.set(ALL);
    const handler = { onAccept: assert.fail, onAcceptError: assert.fail };
    turning.engine.listen(ANY_PORT, { ...PLAIN, descriptor: socket.descriptor }, handler);
    assert.deepEqual(optionsOf(socket.descriptor).slice(0, 3), [0, 0, 0]);
    assert.deepEqual(optionsOf(socket.descriptor).slice(3), untouched.slice(3));
    socket.close();
  },
);

testIf(
  canUnlock() ? null : "the kernel has no SO_BUF_LOCK",
  "settings that change count for the next client, and the socket stays open",
  async () => {
    await using turning = new TurningEngine();
    let accepted = Promise.withResolvers<Connection>();
    const listener: Listener = turning.engine.listen(ANY_PORT, PLAIN, {
      onAccept: (connection) => accepted.resolve(connection),
      onAcceptError: assert.fail,
    });
    const { port } = listener.address;
    const nextClient = async (): Promise<number[]> => {
      accepted = Promise.withResolvers();
      const peer = await Deno.connect({ hostname: "127.0.0.1", port });
      await peer.write(new Uint8Array(1));
      const buffers = buffersOf(await within("the client", accepted.promise));
      peer.close();
      return buffers;
    };
    const before = await nextClient();
    assert.equal(before[2], 0);
    listener.setSettings(ALL);
    assert.deepEqual(await nextClient(), [100_000, 65_536, 3]);
    listener.setSettings({ ...PLAIN, tcp: { ...PLAIN.tcp, sendBufferBytes: 32_768 } });
    const [receive, send, locks] = await nextClient();
    assert.deepEqual([receive, send, locks], [before[0], 65_536, 1]);
    listener.setSettings(PLAIN);
    const after = await nextClient();
    assert.deepEqual([after[0], after[2]], [before[0], 0]);
    // What the kernel gives a connection is more than the listener's own, as it adapts to the path.
    assert.ok((after[1] ?? 0) > 65_536, `${after[1]}`);
  },
);
