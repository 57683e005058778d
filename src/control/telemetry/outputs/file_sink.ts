import type { Clock } from "../../../base/clock.ts";
import { ACCESS_OPEN_MAX_MS, ROTATE_RETRY_MS } from "../../../base/limits.ts";
import type { Rotation } from "../../../model/config_log.ts";
import { beforeDeadline } from "./before_deadline.ts";
import { Persistence } from "./persistence.ts";
import { shiftFiles } from "./shift_files.ts";
import type { Sink, SinkReports } from "./sink.ts";

/** Who may read a new file, before the umask: its owner and group. */
const MODE = 0o640;
const NEWLINE = 0x0a;

/**
 * A file that whole lines are appended to. What cannot be written, since the disk is full, say, is tried again until it
 * can; a line is never torn between two files.
 */
export class FileSink implements Sink {
  readonly #persistence: Persistence;
  /** Opened anew, and written to from the next line on. */
  #next: Deno.FsFile | null = null;
  #isWriting = false;
  /** Of a line only a part is written. */
  #isInLine = false;
  /** After a rotation that failed, on the clock. */
  #rotateAgainAt = -Infinity;

  private constructor(
    readonly path: string,
    private file: Deno.FsFile,
    private readonly clock: Clock,
    private readonly reports: SinkReports,
    private rotation: Rotation | null,
  ) {
    this.#persistence = new Persistence(clock, reports);
  }

  /** @throws when the file cannot be opened, or is a pipe that nobody opens to read from. */
  static async open(
    path: string,
    clock: Clock,
    reports: SinkReports,
    rotation: Rotation | null,
  ): Promise<FileSink> {
    return new FileSink(path, await openFile(path, clock), clock, reports, rotation);
  }

  /** Goes by this from the next line on. */
  rotateBy(rotation: Rotation | null): void {
    this.rotation = rotation;
  }

  async write(lines: Uint8Array): Promise<number> {
    this.#isWriting = true;
    try {
      return await this.#persistence.run(() => this.#writeSome(lines));
    } finally {
      this.#isWriting = false;
    }
  }

  async reopen(): Promise<void> {
    const file = await openFile(this.path, this.clock);
    this.#next?.close();
    this.#next = file;
    // Who waits for the old file to be let go of, in order to compress it, is not to wait for the next record.
    if (!this.#isWriting) this.#turnOver();
  }

  close(): void {
    this.#persistence.close();
    this.#next?.close();
    this.#next = null;
    try {
      this.file.close();
    } catch {
      // It was closed before.
    }
  }

  async #writeSome(lines: Uint8Array): Promise<number> {
    this.#turnOver();
    const part = this.rotation === null || this.#isInLine ? lines : await this.#fitting(lines, this.rotation);
    const count = await this.file.write(part);
    if (count > 0) this.#isInLine = part[count - 1] !== NEWLINE;
    return count;
  }

  /** Goes over to the file that was opened anew, between two lines. */
  #turnOver(): void {
    if (this.#next === null || this.#isInLine) return;
    this.file.close();
    this.file = this.#next;
    this.#next = null;
  }

  /** The lines that still fit; where none does they are the first of a new file, one at least. */
  async #fitting(lines: Uint8Array, { max_size, keep }: Rotation): Promise<Uint8Array> {
    // Asked each time, since others may have cut it; it is one call for many records.
    const { size, isFile } = await this.file.stat();
    if (!isFile || this.clock.now() < this.#rotateAgainAt) return lines;
    const room = max_size - size;
    const whole = room >= lines.length
      ? lines.length
      : lines.subarray(0, Math.max(0, room)).lastIndexOf(NEWLINE) + 1;
    if (whole > 0) return lines.subarray(0, whole);
    if (size === 0) return lines.subarray(0, lines.indexOf(NEWLINE) + 1 || lines.length);
    try {
      await shiftFiles(this.path, keep);
      await this.reopen();
      this.#turnOver();
    } catch (error) {
      this.#rotateAgainAt = this.clock.now() + ROTATE_RETRY_MS;
      this.reports.notRotated(error);
      return lines;
    }
    return await this.#fitting(lines, { max_size, keep });
  }
}

async function openFile(path: string, clock: Clock): Promise<Deno.FsFile> {
  // To open a pipe waits for its reader (man 7 fifo), and must not hold up everything else.
  const opening = Deno.open(path, { append: true, create: true, mode: MODE });
  const message = `Cannot open ${path}: nobody reads from this pipe`;
  return await beforeDeadline(opening, clock, ACCESS_OPEN_MAX_MS, message);
}
