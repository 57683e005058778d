import { type Clock, sleep, systemClock } from "../base/clock.ts";
import { type Random, systemRandom } from "../base/random.ts";
import { formatAddress, type SocketAddress } from "../model/address.ts";

/** How a dummy server listens and misbehaves. */
export interface DummyServerOptions {
  /** Where to listen; port 0 lets the system choose. */
  readonly listen: SocketAddress;
  /** What answers call the server; the real address unless given. */
  readonly label?: string;
  /** Waits 0 to 1 s, evenly spread, before each answer. */
  readonly delayResponding: boolean;
  /** Answers 500 to one request in four. */
  readonly randomErrors: boolean;
  /** Source of both chances; the machine's own unless given. */
  readonly random?: Random;
  /** Source of time; the machine's own unless given. */
  readonly clock?: Clock;
}

/** A running dummy server. */
export interface DummyServer extends AsyncDisposable {
  /** As bound: the port is the real one where 0 was asked for. */
  readonly address: SocketAddress;
  /** Requests answered since the start, errors included. */
  readonly answered: number;
  /** Stops listening at once; answers under way are finished. Twice is harmless. */
  close(): Promise<void>;
}

/** Longest delay before an answer. */
const MAX_DELAY_MS = 1000;
/** Share of requests that are answered 500. */
const ERROR_SHARE = 0.25;

/**
 * Starts an HTTP server that is slow and flaky on purpose, a target to try an HTTP proxy against. It answers
 * `Hello, world from LABEL` and the request's path, or 500. Chance decides on the delay and on the error separately.
 *
 * @throws {Error} of `Deno.serve` when the address cannot be bound.
 */
export function startDummyServer(options: DummyServerOptions): DummyServer {
  const { listen, delayResponding, randomErrors, random = systemRandom, clock = systemClock } = options;
  let answered = 0;
  const server = Deno.serve(
    { hostname: listen.ip, port: listen.port, onListen: () => {} },
    async (request) => {
      const isError = randomErrors && random() < ERROR_SHARE;
      if (delayResponding) await sleep(clock, random() * MAX_DELAY_MS);
      answered += 1;
      if (isError) return new Response("Internal Server Error\n", { status: 500 });
      return new Response(`Hello, world from ${label}${new URL(request.url).pathname}`);
    },
  );
  const address: SocketAddress = { ip: server.addr.hostname, port: server.addr.port };
  const label = options.label ?? formatAddress(address);
  const close = (): Promise<void> => server.shutdown();
  return {
    address,
    get answered(): number {
      return answered;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
