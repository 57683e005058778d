import type { TextFile } from "./text_rules.ts";

/** What tools and people leave in a checkout, and what is not text. */
const SKIPPED = /^(?:\.git|node_modules|coverage|fproxy|.*\.tmp|.*\.tmp-.*|\.vscode|\.idea)$/;
const NOT_TEXT = /\.(?:png|jpg|gif|ico|woff2?)$/;

/** The text files of the repository, by path. @param root its directory, with a slash at its end. */
export async function repoFiles(root: string): Promise<TextFile[]> {
  const files: TextFile[] = [];
  const walk = async (directory: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(root + directory)) {
      if (SKIPPED.test(name) || NOT_TEXT.test(name)) continue;
      const path = directory + name;
      if (isDirectory) await walk(`${path}/`);
      else if (isFile) files.push({ path, text: await Deno.readTextFile(root + path) });
    }
  };
  await walk("");
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}
