import { NetError } from "../../base/errors.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import { toNetError } from "../deno/net_error.ts";
import type { ListenSettings } from "../engine.ts";
import { Misc, Sock } from "./constants.ts";
import { type Libc, openLibc } from "./libc.ts";
import { applyListenSettings } from "./listen_settings.ts";
import { openDescriptors } from "./open_descriptors.ts";
import { type AcceptQueue, acceptQueue, localAddress, readOption, socketCookie } from "./socket.ts";
import { systemError } from "./system_error.ts";

/** Tries to take a socket over; one can only fail when another thread opens sockets in the same microseconds. */
const MAX_TRIES = 5;

/**
 * A listening socket that belongs to the process and not to a thread. Control opens it and keeps it as long as its
 * address is configured; the engine of a data thread works on a duplicate (`ListenOptions.descriptor`). Its queue of
 * waiting connections lives until the last duplicate is closed, so it survives the thread that served it.
 */
export class ListeningSocket {
  readonly #libc: Libc;
  #isClosed = false;

  private constructor(
    libc: Libc,
    /** For `ListenOptions.descriptor`, in any thread of this process. */
    readonly descriptor: number,
    /** As bound: the port is the real one where 0 was asked for. */
    readonly address: SocketAddress,
  ) {
    this.#libc = libc;
  }

  /**
   * Binds and listens through Deno, with its permission checks and `SO_REUSEPORT`, and takes the socket over.
   * @param backlog Connections that the kernel queues.
   * @throws {NetError} codes `in_use`, `denied`, `unavailable_address`, `exhausted`, `other`.
   */
  static open(address: SocketAddress, backlog: number): ListeningSocket {
    const result = openLibc();
    const action = `listen on ${formatAddress(address)}`;
    if (!result.ok) throw new NetError("other", `Cannot ${action}: ${result.reason}`, "internal");
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const likely = lowestFreeDescriptor(result.libc);
      const listener = listen(address, backlog, action);
      const { port } = listener.addr;
      const descriptor = takeOver(result.libc, listener, likely);
      if (descriptor !== null) return new ListeningSocket(result.libc, descriptor, { ip: address.ip, port });
    }
    throw new NetError(
      "other",
      `Cannot ${action}: the descriptor of Deno's socket was not found`,
      "internal",
    );
  }

  /** Has these settings from here on; an engine that adopts the socket sets its own. */
  set(settings: ListenSettings): void {
    applyListenSettings(this.#libc, this.descriptor, settings);
  }

  /** Clients that wait to be accepted; null where the system does not tell. */
  get queue(): AcceptQueue | null {
    return acceptQueue(this.#libc, this.descriptor);
  }

  /** Closes this descriptor; the socket goes on as long as a thread has a duplicate. Twice is harmless. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#libc.call.close(this.descriptor);
  }
}

/** A second descriptor of the same open file (man 2 fcntl, `F_DUPFD_CLOEXEC`), or a negative number. */
export function duplicate(libc: Libc, descriptor: number): number {
  return libc.call.fcntl(descriptor, Misc.F_DUPFD_CLOEXEC, 0);
}

function listen(address: SocketAddress, backlog: number, action: string): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: address.ip, port: address.port, reusePort: true, tcpBacklog: backlog });
  } catch (error) {
    throw toNetError(error, action, "internal");
  }
}

/** The kernel gives out the lowest free number, so this is most likely the next one; -1 when there is none. */
function lowestFreeDescriptor(libc: Libc): number {
  const probe = libc.call.eventfd(0, Misc.EFD_CLOEXEC);
  if (probe >= 0) libc.call.close(probe);
  return probe;
}

/**
 * Deno does not tell a listener's descriptor. Every descriptor that listens on the same port is duplicated, then Deno's
 * listener is closed: the one that is no longer the same socket was Deno's. This stays right while other threads open
 * and close sockets, on the same address too.
 * @returns the duplicate, or null when it is not clear which one it is.
 * @throws {NetError} `exhausted` when no duplicate could be made.
 */
function takeOver(libc: Libc, listener: Deno.TcpListener, likely: number): number | null {
  const { port } = listener.addr;
  const isCandidate = (descriptor: number): boolean => isListeningOn(libc, descriptor, port);
  // Looking at every descriptor takes long where there are many sessions.
  const originals = isCandidate(likely) ? [likely] : openDescriptors(libc).filter(isCandidate);
  const pairs = originals.map((original) => ({ original, copy: duplicate(libc, original) }));
  const errno = libc.errno;
  listener.close();
  const taken = pairs.filter(({ original, copy }) =>
    copy >= 0 && (!isCandidate(original) || socketCookie(libc, original) !== socketCookie(libc, copy))
  );
  const found = taken.length === 1 ? taken[0]?.copy : undefined;
  for (const { copy } of pairs) {
    if (copy >= 0 && copy !== found) libc.call.close(copy);
  }
  if (found === undefined && pairs.some(({ copy }) => copy < 0)) {
    throw systemError("duplicate a descriptor", errno, "internal");
  }
  return found ?? null;
}

function isListeningOn(libc: Libc, descriptor: number, port: number): boolean {
  return descriptor >= 0 && readOption(libc, descriptor, Sock.SOL_SOCKET, Sock.SO_ACCEPTCONN) === 1 &&
    localAddress(libc, descriptor).port === port;
}
