/** What V8 offers as `gc` to programs that are started with its flag `--expose-gc`. */
type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/**
 * Gives memory of this thread's heap that nothing uses any more back to the system, which V8 by itself does late or never.
 * Takes milliseconds, for large heaps tens of them. Where the program was started without the flag of `RUN_FLAGS`, nothing
 * happens.
 */
export function compactHeap(): void {
  const { gc } = globalThis as { gc?: Collect };
  gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}
