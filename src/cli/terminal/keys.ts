import { isBackground } from "../../engine/mod.ts";

/** Who wants to know what is pressed. */
export interface KeyListener {
  onKey(key: string): void;
  /** The terminal is gone. */
  onHangUp(): void;
}

/** Exit code of a program that SIGQUIT ended: 128 + 3. */
const EXIT_QUIT = 131;

/** Whether keys can be read one by one: the program has a terminal, and is not in its background. */
export function hasKeys(): boolean {
  // Windows cannot leave Ctrl-C to the system meanwhile.
  return Deno.build.os !== "windows" && Deno.stdin.isTerminal() && Deno.stderr.isTerminal() &&
    !isBackground();
}

/**
 * Reads keys as they are pressed, without showing them; Ctrl-C and the like stay signals.
 * @returns gives the terminal back as it was. Twice is harmless.
 */
export function readKeys(listener: KeyListener): () => void {
  const take = (): void => Deno.stdin.setRaw(true, { cbreak: true });
  // A shell gives the terminal back as it wants it.
  const onContinue = (): void => {
    if (!isBackground()) take();
  };
  const onQuit = (): void => {
    release();
    Deno.exit(EXIT_QUIT);
  };
  let isOver = false;
  const release = (): void => {
    if (isOver) return;
    isOver = true;
    Deno.removeSignalListener("SIGCONT", onContinue);
    Deno.removeSignalListener("SIGQUIT", onQuit);
    try {
      if (!isBackground()) Deno.stdin.setRaw(false);
    } catch {
      // The terminal is gone: there is nothing to give back.
    }
  };
  take();
  Deno.addSignalListener("SIGCONT", onContinue);
  Deno.addSignalListener("SIGQUIT", onQuit);
  void forEachKey((key) => {
    if (!isOver) listener.onKey(key);
  }).then(() => {
    if (!isOver) listener.onHangUp();
  });
  return release;
}

/** Resolves at the end of the input, or when it cannot be read any more. */
async function forEachKey(onKey: (key: string) => void): Promise<void> {
  const buffer = new Uint8Array(64);
  const decoder = new TextDecoder();
  for (;;) {
    const count = await Deno.stdin.read(buffer).catch(() => null);
    if (count === null) return;
    for (const key of decoder.decode(buffer.subarray(0, count), { stream: true })) onKey(key);
  }
}
