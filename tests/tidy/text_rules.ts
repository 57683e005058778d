import { dirname, join } from "node:path/posix";

/** A file of the repository. */
export interface TextFile {
  /** Under the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Directories of the machines on which people work, which say nothing on any other. */
const MACHINE_DIRECTORIES = ["work", "root", "home", "Users"];

const MACHINE_PATH = new RegExp(`(?<![\\w./~-])/(?:${MACHINE_DIRECTORIES.join("|")})/\\w`);

/** Nothing names a directory of someone's machine. */
export function checkMachinePaths({ path, text }: TextFile): string[] {
  return text.split("\n").flatMap((line, index) =>
    MACHINE_PATH.test(line) ? [`${path}:${index + 1}: path of a machine: ${line.trim().slice(0, 80)}`] : []
  );
}

/** Packages come from npm, in exact versions. @param text that of deno.json. */
export function checkVersions({ path, text }: TextFile): string[] {
  const { imports = {} } = JSON.parse(text) as { readonly imports?: Readonly<Record<string, string>> };
  return Object.entries(imports).flatMap(([name, specifier]) =>
    /^npm:(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(?:-[\w.]+)?(?:\/[\w./-]+)?$/.test(specifier)
      ? []
      : [`${path}: "${name}" is "${specifier}", not an npm package in an exact version`]
  );
}

/** Links between pages lead somewhere. @param paths every file of the repository. */
export function checkLinks({ path, text }: TextFile, paths: ReadonlySet<string>): string[] {
  const withoutCode = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^(?:\w+:|#)/.test(link)) return [];
    const target = join(dirname(path), link.replace(/#.*/, "")).replace(/\/$/, "");
    const exists = paths.has(target) || [...paths].some((one) => one.startsWith(`${target}/`));
    return exists ? [] : [`${path}: the link to ${link} leads nowhere`];
  });
}
