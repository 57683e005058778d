/** Most apps that get an address: they differ in the last two bytes. */
const MAX_APPS = 65_536;

/**
 * Where the apps of a proxy listen: the first on 127.0.0.1, which the load asks, the others on addresses of their own, all at
 * one port.
 * @param count how many, at least 1.
 * @returns "127.0.0.1:15000", "127.2.0.1:15000", ...
 */
export function appAddresses(port: number, count: number): string[] {
  if (count < 1 || count > MAX_APPS) {
    throw new RangeError(`${count} is not a number of apps, 1 to ${MAX_APPS}`);
  }
  return Array.from({ length: count }, (_, index) => {
    return index === 0 ? `127.0.0.1:${port}` : `127.2.${index >> 8}.${index & 255}:${port}`;
  });
}
