const PLAIN = /^[\w-]+$/;

/**
 * A name as a key of a NATS bucket, which takes letters, digits and `-_=/.` (and dots part a key): every other byte of
 * its UTF-8 is `=` and two hexadecimal digits.
 */
export function keyOf(name: string): string {
  if (PLAIN.test(name)) return name;
  const bytes = new TextEncoder().encode(name);
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return PLAIN.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** The name of a key that {@link keyOf} made; null for any other key. */
export function nameOf(key: string): string | null {
  if (!/^(?:[\w-]|=[\dA-F]{2})+$/.test(key)) return null;
  try {
    return decodeURIComponent(key.replaceAll("=", "%"));
  } catch {
    return null;
  }
}

/** How names of a bucket are its keys. */
export interface KeyCodec {
  keyOf(name: string): string;
  /** Null for a key that no name gives. */
  nameOf(key: string): string | null;
}

/** Names of one part. */
export const NAMES: KeyCodec = { keyOf, nameOf };

/** Names as `NODE/APP`, where the first has no slash: keys of two parts, so that a node may be let write its own alone. */
export const PAIRS: KeyCodec = {
  keyOf(name): string {
    const slash = name.indexOf("/");
    return `${keyOf(name.slice(0, slash))}.${keyOf(name.slice(slash + 1))}`;
  },
  nameOf(key): string | null {
    const [first, second, ...more] = key.split(".").map(nameOf);
    if (first === undefined || first === null || second === undefined || second === null || more.length > 0) {
      return null;
    }
    return `${first}/${second}`;
  },
};

/** Names of one or more parts with slashes between them, so that a program may be let write all that begin with its own. */
export const PATHS: KeyCodec = {
  keyOf(name): string {
    return name.split("/").map(keyOf).join(".");
  },
  nameOf(key): string | null {
    const parts = key.split(".").map(nameOf);
    return parts.includes(null) ? null : parts.join("/");
  },
};
