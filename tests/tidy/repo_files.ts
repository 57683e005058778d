import type { TextFile } from "./text_rules.ts";

/** What tools and people leave in a checkout. */
const SKIPPED = /^(?:\.git|node_modules|coverage|fproxy|.*\.tmp|.*\.tmp-.*|\.vscode|\.idea)$/;
const NOT_TEXT = /\.(?:png|jpg|gif|ico|woff2?)$/;

/** The paths of all files of the repository, pictures included, sorted. @param root its directory, with a slash at its end. */
export async function repoPaths(root: string): Promise<string[]> {
  const paths: string[] = [];
  const walk = async (directory: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(root + directory)) {
      if (SKIPPED.test(name)) continue;
      if (isDirectory) await walk(`${directory}${name}/`);
      else if (isFile) paths.push(directory + name);
    }
  };
  await walk("");
  return paths.sort();
}

/** The text files of the repository, by path. @param root its directory, with a slash at its end. */
export async function repoFiles(root: string): Promise<TextFile[]> {
  const paths = (await repoPaths(root)).filter((path) => !NOT_TEXT.test(path));
  return await Promise.all(paths.map(async (path) => ({ path, text: await Deno.readTextFile(root + path) })));
}
