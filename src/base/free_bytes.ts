/**
 * Gives the memory of an array back at once; it is empty from then on. The collector would leave some 40 MB of such arrays
 * lying about, since it hardly notices memory outside of its heap.
 */
export function freeBytes(bytes: Uint8Array<ArrayBuffer>): void {
  bytes.buffer.transfer(0);
}
