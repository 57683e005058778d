import { ListenError } from "../../../base/errors.ts";

/** Others may do nothing with a socket until its mode is set. */
const PRIVATE_UMASK = 0o177;

/**
 * Removes the socket of a program that has ended without doing so.
 * @throws {ListenError} code `in_use` where a program listens on it, or the path is something else.
 */
export async function clearStaleSocket(path: string): Promise<void> {
  try {
    if (!(await Deno.lstat(path)).isSocket) {
      throw new ListenError("in_use", `${path} is there already, and is no socket`);
    }
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.ConnectionRefused) return await Deno.remove(path);
    throw error;
  }
  throw new ListenError("in_use", `${path} is in use`);
}

/** A unix socket that listens, and is removed when it is closed. */
export class UnixSocket {
  readonly listener: Deno.UnixListener;
  readonly #inode: number | null;

  /** @param mode octal, as of chmod(1). @throws when it cannot be bound. */
  constructor(readonly path: string, mode: string) {
    // Between bind and chmod nobody may connect who may not afterwards.
    const before = Deno.umask(PRIVATE_UMASK);
    try {
      this.listener = Deno.listen({ transport: "unix", path });
    } finally {
      Deno.umask(before);
    }
    this.setMode(mode);
    this.#inode = Deno.lstatSync(path).ino;
  }

  /** Says who may connect from now on. */
  setMode(mode: string): void {
    Deno.chmodSync(this.path, Number.parseInt(mode, 8));
  }

  /** Removes its file, unless another program has put its own there. */
  remove(): void {
    try {
      if (Deno.lstatSync(this.path).ino === this.#inode) Deno.removeSync(this.path);
    } catch {
      // Somebody has removed it, or its folder.
    }
  }
}
