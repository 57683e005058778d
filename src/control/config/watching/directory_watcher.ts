import { basename } from "node:path";
import { errorMessage } from "../../../base/errors.ts";
import { watchedDirectories } from "./watched_directories.ts";

/** Receives what a {@link DirectoryWatcher} notices. */
export interface DirectoryHandler {
  /** Something changed in one of the directories. */
  onChange(): void;
  /** Events have stopped coming, for this reason; or come again (null). Told once each. */
  onState(failure: string | null): void;
}

/** Watches the directories that decide what some paths lead to, also when they are replaced. */
export class DirectoryWatcher {
  #watcher: Deno.FsWatcher | null = null;
  #reading: Promise<void> = Promise.resolve();
  #directories: readonly string[] = [];
  /** The watched directories and their inodes: one that was moved or made anew has the same name. */
  #identity = "";
  #failed = false;
  /** Names of the files and of what they lead to as links. */
  #names: ReadonlySet<string> = new Set();

  constructor(private readonly paths: readonly string[], private readonly handler: DirectoryHandler) {}

  /** Makes sure that the right directories are watched. Cheap when they are. */
  async refresh(): Promise<void> {
    const targets = await Promise.all(this.paths.map(realPath));
    this.#names = new Set([...this.paths, ...targets].map((path) => basename(path)));
    const directories = [...new Set((await Promise.all(this.paths.map(watchedDirectories))).flat())];
    const identity = (await Promise.all(directories.map(identify))).join("\n");
    if (this.#watcher !== null && identity === this.#identity) return;
    await this.close();
    try {
      const watcher = Deno.watchFs(directories, { recursive: false });
      this.#watcher = watcher;
      this.#identity = identity;
      this.#directories = directories;
      this.#reading = this.#read(watcher, new Set(directories));
      if (this.#failed) this.handler.onState(null);
      this.#failed = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Stops watching; resolves when no callback follows any more. */
  async close(): Promise<void> {
    const watcher = this.#watcher;
    this.#watcher = null;
    if (watcher === null) return;
    // The runtime's thread opens what appears in a directory, and waits in open(2) where that is a pipe which nobody writes
    // to. Closing would wait for it, and this thread with it for good: such a watcher is left to the process's end.
    if ((await Promise.all(this.#directories.map(hasPipe))).includes(true)) return;
    watcher.close();
    await this.#reading;
  }

  async #read(watcher: Deno.FsWatcher, directories: ReadonlySet<string>): Promise<void> {
    try {
      for await (const event of watcher) {
        if (watcher !== this.#watcher) return;
        // Reading the file is an event as well; heeding it would go round for ever.
        if (event.kind === "access") continue;
        // A log in the same directory is written to all the time; links are never modified, they are made anew.
        if (event.kind === "modify" && !event.paths.some((path) => this.#concerns(path, directories))) {
          continue;
        }
        // A directory made anew may get the old inode number, so its end must be noted here.
        if (event.paths.some((path) => directories.has(path))) this.#identity = "";
        this.handler.onChange();
      }
    } catch (error) {
      if (watcher === this.#watcher) this.#fail(error);
    }
    if (watcher === this.#watcher) this.#watcher = null;
  }

  #concerns(path: string, directories: ReadonlySet<string>): boolean {
    return directories.has(path) || this.#names.has(basename(path));
  }

  #fail(error: unknown): void {
    if (!this.#failed) this.handler.onState(errorMessage(error));
    this.#failed = true;
  }
}

/** Whether a named pipe is in the directory. */
async function hasPipe(directory: string): Promise<boolean> {
  try {
    for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(directory)) {
      const isPlain = isFile || isDirectory || isSymlink;
      if (!isPlain && (await Deno.lstat(`${directory}/${name}`)).isFifo === true) return true;
    }
  } catch {
    // It is gone, and nothing is in it.
  }
  return false;
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return path;
  }
}

async function identify(directory: string): Promise<string> {
  try {
    const info = await Deno.stat(directory);
    return `${directory} ${info.dev} ${info.ino}`;
  } catch {
    return directory;
  }
}
