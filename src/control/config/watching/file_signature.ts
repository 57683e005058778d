/** What `stat` tells about a file's content: two equal ones mean the same content, if {@link trusted}. */
export interface FileSignature {
  readonly text: string;
  /** False while the file is so fresh that a further write may leave the same time stamps. */
  readonly trusted: boolean;
}

/** Coarsest time stamps of file systems in use (FAT: 2 s). */
const TIMESTAMP_STEP_MS = 2000;

/** The signature of the file that the path leads to, or undefined where there is none. */
export async function fileSignature(path: string, wallTimeMs: number): Promise<FileSignature | undefined> {
  try {
    const info = await Deno.stat(path);
    const changedMs = [info.mtime, info.ctime].map((time) => time?.getTime() ?? wallTimeMs);
    return {
      text: [info.dev, info.ino, info.size, ...changedMs].join(" "),
      trusted: wallTimeMs - Math.max(...changedMs) > TIMESTAMP_STEP_MS,
    };
  } catch {
    return undefined;
  }
}
