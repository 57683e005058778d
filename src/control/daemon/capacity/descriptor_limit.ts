/** Where each system keeps its C library. */
const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.dylib",
};

/**
 * The process's soft descriptor limit (`RLIMIT_NOFILE`), null where it cannot be found out. It is asked from the C
 * library (getdtablesize(3)): `/proc/self/limits` is out of reach without all permissions.
 */
export function descriptorLimit(): number | null {
  const path = LIBRARIES[Deno.build.os];
  if (path === undefined) return null;
  try {
    const library = Deno.dlopen(path, { getdtablesize: { parameters: [], result: "i32" } });
    const limit = library.symbols.getdtablesize();
    library.close();
    return limit;
  } catch {
    return null;
  }
}
