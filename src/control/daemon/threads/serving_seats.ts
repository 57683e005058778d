/**
 * Which seat of a pool serves each of an address's listening sockets: its own, or while the thread of that one is missing
 * one of those that are there, so that no client waits in a queue that nobody empties. Where all are missing, nobody can.
 * @param missing a seat each: whether it has no thread that serves.
 * @param sockets sockets of the address; more than seats where there were more threads before.
 * @returns a seat for each socket.
 */
export function servingSeats(missing: readonly boolean[], sockets: number): number[] {
  const present = [...missing.keys()].filter((seat) => !missing[seat]);
  return Array.from({ length: sockets }, (_, socket) => {
    const home = socket % missing.length;
    return missing[home] ? present[socket % present.length] ?? home : home;
  });
}
