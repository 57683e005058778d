/** Below those that systems give to clients (`net.ipv4.ip_local_port_range` of Linux begins at 32768). */
const [FIRST, LAST] = [18_000, 32_000];

/**
 * Looks for ports in a row that nobody listens on.
 * @returns the first.
 * @throws {Error} when there are no so many.
 */
export function freePortBlock(count: number, isFree: (port: number) => boolean = canListen): number {
  let first = FIRST;
  for (let port = FIRST; port < LAST; port++) {
    if (!isFree(port)) first = port + 1;
    else if (port - first + 1 === count) return first;
  }
  throw new Error(`There are no ${count} free ports in a row from ${FIRST} to ${LAST}`);
}

function canListen(port: number): boolean {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return true;
  } catch {
    return false;
  }
}
