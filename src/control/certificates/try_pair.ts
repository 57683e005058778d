import process from "node:process";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { CERTIFICATE_TRIAL_TIMEOUT_MS } from "../../base/limits.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import type { Trial } from "../files/trials.ts";

/**
 * Shows a certificate to oneself: a handshake between two ends in memory, as a data thread would do it with a client. It
 * takes some milliseconds, and no socket or permission; who issued the certificate, and until when, does not matter.
 */
export async function tryPair(pair: ServerCertificate, clock: Clock): Promise<Trial> {
  const ends: TLSSocket[] = [];
  const trial = Promise.withResolvers<Trial>();
  const done = (failure: string | null): void => trial.resolve({ failure, isTimeout: false });
  const cancel = clock.timer(CERTIFICATE_TRIAL_TIMEOUT_MS, () => {
    trial.resolve({
      failure: `no handshake within ${CERTIFICATE_TRIAL_TIMEOUT_MS / 1000} s`,
      isTimeout: true,
    });
  });
  try {
    ends.push(...handshake(pair, done));
  } catch (error) {
    done(errorMessage(error));
  }
  try {
    return await trial.promise;
  } finally {
    cancel();
    for (const end of ends) end.destroy();
  }
}

/** @throws what the certificate makes the runtime throw. */
function handshake({ cert, key }: ServerCertificate, done: (failure: string | null) => void): TLSSocket[] {
  const { TLSSocket, connect, createSecureContext } = process.getBuiltinModule("node:tls");
  const [near, far] = process.getBuiltinModule("node:stream").duplexPair();
  const secureContext = createSecureContext({ cert, key });
  const server = new TLSSocket(near, { isServer: true, secureContext });
  const client = connect({ socket: far, rejectUnauthorized: false });
  for (const end of [server, client]) end.on("error", (error) => done(errorMessage(error)));
  // The server is the last to know that it is over.
  server.once("secure", () => done(null));
  return [server, client];
}
