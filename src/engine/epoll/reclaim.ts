import { LINGER_RESET, Sock } from "./constants.ts";
import { DescriptorKind, DescriptorLedger } from "./descriptor_ledger.ts";
import { NativeBuffer, openLibc } from "./libc.ts";

/** What {@link reclaim} closed. */
export interface Reclaimed {
  /** Connections and attempts, all by RST. */
  readonly connections: number;
  /** Listeners' duplicates, pipes and the epoll set. */
  readonly others: number;
}

/**
 * Closes the descriptors that a crashed data thread left behind, for control. Only after the thread is gone: a thread
 * that still ran would close the same numbers again. Its listening sockets live on in control's own descriptors, for
 * its successor.
 * @param buffer The thread's ledger; it is empty afterwards and may be given to the successor.
 */
export function reclaim(buffer: SharedArrayBuffer): Reclaimed {
  const result = openLibc();
  if (!result.ok) return { connections: 0, others: 0 };
  const { call } = result.libc;
  const ledger = new DescriptorLedger(buffer);
  const linger = new NativeBuffer(8);
  linger.words.set(LINGER_RESET);
  const connections = ledger.list(DescriptorKind.connection);
  const others = ledger.list(DescriptorKind.other);
  for (const descriptor of connections) {
    call.setsockopt(descriptor, Sock.SOL_SOCKET, Sock.SO_LINGER, linger.pointer, 8);
  }
  for (const descriptor of [...connections, ...others]) {
    ledger.erase(descriptor);
    call.close(descriptor);
  }
  return { connections: connections.length, others: others.length };
}
