/** Where access records go. */
export interface AccessSink {
  /** Resolves when the text is written. */
  write(text: string): Promise<void>;
  close(): void;
}

interface ByteWriter {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Opens where `access_log.to` says: `stdout`, `stderr`, or a file that is appended to.
 * @returns null for `none`.
 * @throws when the file cannot be opened.
 */
export function openAccessSink(to: string): AccessSink | null {
  if (to === "none") return null;
  if (to === "stdout") return streamSink(Deno.stdout);
  if (to === "stderr") return streamSink(Deno.stderr);
  const file = Deno.openSync(to, { append: true, create: true });
  return { ...streamSink(file), close: () => file.close() };
}

function streamSink(stream: ByteWriter): AccessSink {
  const encoder = new TextEncoder();
  return {
    async write(text): Promise<void> {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) bytes = bytes.subarray(await stream.write(bytes));
    },
    close: () => {},
  };
}
