import type { SocketAddress } from "../model/address.ts";

/**
 * The address that is tried as number `index` (from 0) at a turn of a target: families alternate as in the list (RFC 8305
 * section 4), and within each family every turn begins one address further. Gives the list's own objects, and makes none.
 * @param turn any non-negative integer.
 * @returns undefined behind the last one.
 */
export function turnedAddress(
  addresses: readonly SocketAddress[],
  turn: number,
  index: number,
): SocketAddress | undefined {
  const inPlace = addresses[index];
  if (inPlace === undefined || addresses.length === 1) return inPlace;
  const isIpv6 = inPlace.ip.includes(":");
  let before = 0;
  let size = 0;
  for (let at = 0; at < addresses.length; at++) {
    if (addresses[at]!.ip.includes(":") !== isIpv6) continue;
    if (at < index) before++;
    size++;
  }
  let skipped = (turn + before) % size;
  return addresses.find(({ ip }) => ip.includes(":") === isIpv6 && skipped-- === 0);
}
