import { TSIG_ALGORITHMS, type TsigAlgorithm, type TsigKey } from "./tsig.ts";

const FORMS =
  'expected what `tsig-keygen` writes, `key "NAME" { algorithm hmac-sha256; secret "…"; };`, or ' +
  "one line `hmac-sha256:NAME:SECRET`";
const BLOCK = /key\s+"?([^"\s{]+)"?\s*\{([^}]*)\}/;

/** Reads the text of a file with a key, as BIND's programs or Knot's write one. @throws {RangeError} where it has none. */
export function readTsigKey(text: string): TsigKey {
  const own = text.split("\n").filter((line) => !/^\s*(?:#|\/\/)/.test(line)).join("\n");
  const block = BLOCK.exec(own);
  if (block !== null) {
    const [, name = "", body = ""] = block;
    const [, algorithm = ""] = /algorithm\s+"?([\w-]+)"?\.?\s*;/.exec(body) ?? [];
    const [, secret = ""] = /secret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(body) ?? [];
    return makeKey(name, algorithm, secret);
  }
  const [, algorithm = "", name = "", secret = ""] =
    /^\s*([\w-]+):([^\s:]+):([A-Za-z0-9+/=]+)\s*$/m.exec(own) ?? [];
  return makeKey(name, algorithm, secret);
}

function makeKey(name: string, algorithm: string, secret: string): TsigKey {
  if (name === "" || secret === "") throw new RangeError(FORMS);
  const known = algorithm.toLowerCase();
  if (!(known in TSIG_ALGORITHMS)) {
    throw new RangeError(
      `its algorithm is "${algorithm}": known are ${Object.keys(TSIG_ALGORITHMS).join(", ")}`,
    );
  }
  return {
    name: name.replace(/\.$/, ""),
    algorithm: known as TsigAlgorithm,
    secret: Uint8Array.fromBase64(secret),
  };
}
