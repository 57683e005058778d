import { errorMessage, NetError } from "../../base/errors.ts";
import { openListeningSocket } from "../../engine/mod.ts";
import type { ListeningSocket } from "../../engine/mod.ts";
import type { ListenFailure } from "../../model/messages.ts";
import type { AppSnapshot, ListenerSnapshot, Policy } from "../../model/snapshot.ts";

/**
 * The listening sockets of engines that adopt them. They belong to the process: one for each address and thread, opened
 * here, served by whichever thread they are given to. None is closed while its address is configured, so connections
 * that wait in their queues survive threads that crash, retire or are added.
 */
export class ListeningSockets {
  readonly #byKey = new Map<string, ListeningSocket[]>();
  #threads = 0;

  /**
   * Opens what is missing so that each of the apps' addresses has a socket for each thread.
   * @returns what could not be opened, all of it; an address with at least one socket is served all the same.
   */
  open(apps: Iterable<AppSnapshot>, threads: number): ListenFailure[] {
    this.#threads = threads;
    const failures: ListenFailure[] = [];
    for (const app of apps) {
      for (const listener of app.listeners) {
        const failure = this.#openOne(listener, app.policy);
        if (failure !== null) failures.push({ app: app.name, listener: listener.key, ...failure });
      }
    }
    return failures;
  }

  /**
   * The descriptors that a thread is to serve, by listener key. Sockets of threads that are gone are spread over those
   * that are there.
   * @param keys listeners that are asked for.
   * @param seat 0 to the number of threads - 1.
   */
  descriptorsFor(keys: readonly string[], seat: number): Record<string, number[]> {
    return Object.fromEntries(keys.map((key) => {
      const sockets = this.#byKey.get(key) ?? [];
      const own = sockets.filter((_, i) => i % this.#threads === seat);
      return [key, own.map((socket) => socket.descriptor)];
    }));
  }

  /**
   * Gives up the sockets of addresses that are no longer configured. The threads hold the last descriptors: they accept
   * the queues empty, then close them.
   */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const [key, sockets] of this.#byKey) {
      if (keys.has(key)) continue;
      this.#byKey.delete(key);
      for (const socket of sockets) socket.close();
    }
  }

  #openOne(listener: ListenerSnapshot, policy: Policy): Pick<ListenFailure, "code" | "message"> | null {
    const sockets = this.#byKey.get(listener.key) ?? [];
    try {
      while (sockets.length < this.#threads) sockets.push(openListeningSocket(listener.address, policy));
      return null;
    } catch (error) {
      // Whatever it was: it concerns this address alone, and is tried again.
      return { code: error instanceof NetError ? error.code : "other", message: errorMessage(error) };
    } finally {
      if (sockets.length > 0) this.#byKey.set(listener.key, sockets);
    }
  }
}
