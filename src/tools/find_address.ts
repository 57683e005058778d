import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { systemClock } from "../base/clock.ts";
import { errorMessage, FproxyError } from "../base/errors.ts";
import type { SocketAddress } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";

/**
 * The address to send load to: a literal as it is; of a name with several addresses the first that accepts a
 * connection within `timeoutMs`, or the first of all when none does, since the load itself then tells why.
 * @throws {FproxyError} code `not_found` when the name has no address, or none is known after `timeoutMs`.
 */
export async function findAddress(target: HostPort, timeoutMs: number): Promise<SocketAddress> {
  const { host, port } = target;
  if (isIP(host) !== 0) return { ip: host, port };
  const addresses = await addressesOf(host, timeoutMs);
  const [first] = addresses;
  if (first === undefined) throw new FproxyError("not_found", `${host} has no address`);
  if (addresses.length > 1) {
    for (const ip of addresses) {
      if (await accepts({ ip, port }, timeoutMs)) return { ip, port };
    }
  }
  return { ip: first, port };
}

async function addressesOf(host: string, timeoutMs: number): Promise<string[]> {
  const overdue = Promise.withResolvers<never>();
  const cancel = systemClock.timer(
    timeoutMs,
    () => overdue.reject(new Error(`no answer within ${timeoutMs} ms`)),
  );
  try {
    const found = await Promise.race([overdue.promise, lookup(host, { all: true, verbatim: true })]);
    return found.map((entry) => entry.address);
  } catch (error) {
    throw new FproxyError("not_found", `${host} has no address: ${errorMessage(error)}`);
  } finally {
    cancel();
  }
}

async function accepts({ ip, port }: SocketAddress, timeoutMs: number): Promise<boolean> {
  const overdue = new AbortController();
  const cancel = systemClock.timer(timeoutMs, () => overdue.abort());
  try {
    (await Deno.connect({ hostname: ip, port, signal: overdue.signal })).close();
    return true;
  } catch {
    return false;
  } finally {
    cancel();
  }
}
