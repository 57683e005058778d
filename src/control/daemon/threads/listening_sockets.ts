import { errorMessage, NetError } from "../../../base/errors.ts";
import { openListeningSocket } from "../../../engine/mod.ts";
import type { ListeningSocket } from "../../../engine/mod.ts";
import type { ListenFailure } from "../../../model/messages.ts";
import type { AppSnapshot, ListenerSnapshot, Policy } from "../../../model/snapshot.ts";
import { servingSeats } from "./serving_seats.ts";

/**
 * The listening sockets of engines that adopt them. They belong to the process: one for each address and thread, opened
 * here, served by whichever thread they are given to. None is closed while its address is configured, so connections
 * that wait in their queues survive threads that crash, retire or are added.
 */
export class ListeningSockets {
  readonly #byKey = new Map<string, ListeningSocket[]>();
  #count = 0;

  /** @param most sockets that may be open at once. */
  constructor(private readonly most = Infinity) {}

  /**
   * Opens what is missing so that each of the apps' addresses has a socket for each thread.
   * @returns what could not be opened, all of it; an address with at least one socket is served all the same.
   */
  open(apps: Iterable<AppSnapshot>, threads: number): ListenFailure[] {
    const failures: ListenFailure[] = [];
    for (const app of apps) {
      for (const listener of app.listeners) {
        const failure = this.#openOne(listener, app.policy, threads);
        if (failure !== null) failures.push({ app: app.name, listener: listener.key, ...failure });
      }
    }
    return failures;
  }

  /**
   * The descriptors that a thread is to serve, by listener key.
   * @param keys listeners that are asked for.
   * @param seat the thread's. @param missing by seat, whether others serve what belongs to it.
   */
  descriptorsFor(
    keys: Iterable<string>,
    seat: number,
    missing: readonly boolean[],
  ): Record<string, number[]> {
    const found: Record<string, number[]> = {};
    for (const key of keys) {
      const sockets = this.#byKey.get(key) ?? [];
      const seats = servingSeats(missing, sockets.length);
      found[key] = sockets.filter((_, socket) => seats[socket] === seat).map(({ descriptor }) => descriptor);
    }
    return found;
  }

  /** The seat that serves each socket of a listener. */
  seatsOf(key: string, missing: readonly boolean[]): number[] {
    return servingSeats(missing, this.#byKey.get(key)?.length ?? 0);
  }

  /** Clients that wait in the queues of a listener's sockets, and most that may; null where that is not known. */
  queueOf(key: string): { readonly waiting: number; readonly limit: number } | null {
    const queues = (this.#byKey.get(key) ?? []).flatMap((socket) => socket.queue ?? []);
    if (queues.length === 0) return null;
    return queues.reduce((sum, { waiting, limit }) => ({
      waiting: sum.waiting + waiting,
      limit: sum.limit + limit,
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
      this.#count -= sockets.length;
    }
  }

  #openOne(
    listener: ListenerSnapshot,
    policy: Policy,
    threads: number,
  ): Pick<ListenFailure, "code" | "message"> | null {
    const sockets = this.#byKey.get(listener.key) ?? [];
    try {
      while (sockets.length < threads) {
        // Without descriptors for anything else the process could not go on.
        if (this.#count >= this.most) {
          throw new NetError(
            "exhausted",
            `Cannot listen on ${listener.key}: ${this.#count} sockets listen already`,
            "internal",
          );
        }
        sockets.push(openListeningSocket(listener.address, policy));
        this.#count++;
      }
      return null;
    } catch (error) {
      // Whatever it was: it concerns this address alone, and is tried again.
      return { code: error instanceof NetError ? error.code : "other", message: errorMessage(error) };
    } finally {
      if (sockets.length > 0) this.#byKey.set(listener.key, sockets);
    }
  }
}
