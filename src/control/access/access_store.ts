import { type FileKind, type FileResult, FileStore, type FileStoreOptions } from "../files/file_store.ts";
import { type ReadTextFile, readTextFile } from "../files/read_text_file.ts";
import { type AccessFile, type AccessFiles, readAccessFile } from "./access_file.ts";
import { accessPaths } from "./app_access.ts";

/** What a store is made from. */
export interface AccessStoreOptions extends FileStoreOptions {
  /** Reads files; from the disk unless given. */
  readonly read?: ReadTextFile;
}

/** Of an app without lists. */
export const NO_LISTS: AccessFiles = new Map();

/** Holds the lists of addresses of the apps, and looks after their files. */
export class AccessStore extends FileStore<AccessFiles, never> {
  constructor(options: AccessStoreOptions) {
    super(accessKind(options), options);
  }
}

function accessKind({ read = readTextFile }: AccessStoreOptions): FileKind<AccessFiles, never> {
  return {
    none: NO_LISTS,
    code: "access",
    words: {
      replaced: "access_lists_replaced",
      restored: "access_list_restored",
      doubtful: "access_list_doubtful",
      unusable: "access_list_refused",
      restless: "The lists of addresses change all the time",
    },
    paths: accessPaths,
    reader: () => {
      const found = new Map<string, FileResult<AccessFile>>();
      return (app) => {
        const lists = accessPaths(app).map((path) => {
          const result = found.get(path) ?? readAccessFile(path, read);
          found.set(path, result);
          return { path, result };
        });
        return joined(lists);
      };
    },
    settle: () => Promise.resolve(),
    isSame: (a, b) => a.size === b.size && [...a].every(([path, { hash }]) => b.get(path)?.hash === hash),
  };
}

function joined(
  lists: readonly { readonly path: string; readonly result: FileResult<AccessFile> }[],
): FileResult<AccessFiles> {
  const files = new Map<string, AccessFile>();
  const problems: { readonly message: string }[] = [];
  const warnings: { readonly message: string }[] = [];
  for (const { path, result } of lists) {
    if (result.ok) {
      files.set(path, result.value);
      warnings.push(...result.warnings);
    } else problems.push(...result.problems);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: files, warnings };
}
