import { isLocalListen, isUnix } from "../../../model/config_admin.ts";
import { CertificateReader } from "../../certificates/certificate_reader.ts";
import { failedTrial } from "../../certificates/read_certificates.ts";
import type { CertificateProblem } from "../../certificates/certificate_problem.ts";
import { errorMessage } from "../../../base/errors.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import type { RuleInput } from "./rule.ts";

/** Where other machines reach the admin server it asks for a token. */
export function openAdmin({ config, locator }: RuleInput): Problem[] {
  const { listen, token, tokens = [] } = config?.admin ?? {};
  if (listen === undefined || token !== "" || tokens.length > 0 || isLocalListen(listen)) return [];
  return [{
    code: "open_admin",
    message: "the admin server is reachable from other machines and asks for no token",
    span: locator.value(["admin", "listen"]),
    hints: ['set admin.token or admin.tokens, or listen on "127.0.0.1"'],
  }];
}

/** Each of the tokens is one, and says whose it is. */
export function adminTokens({ config, locator, readFile }: RuleInput): Problem[] {
  const names = new Map<string, Path>();
  return config?.admin.tokens.flatMap(({ name, token, token_file }, index): Problem[] => {
    const path: Path = ["admin", "tokens", index];
    const other = names.get(name);
    names.set(name, path);
    if (other !== undefined) {
      return [{
        code: "value",
        message: `two tokens are called "${name}"`,
        span: locator.value([...path, "name"]),
        related: [{ message: "first used here", span: locator.value([...other, "name"]) }],
      }];
    }
    if ((token === undefined) === (token_file === undefined)) {
      return [{
        code: "value",
        message: `token "${name}" has ${token === undefined ? "neither" : "both"} "token" ${
          token === undefined ? "nor" : "and"
        } "token_file"`,
        span: locator.value(path),
        hints: ["write one of the two"],
      }];
    }
    if (token === "") {
      return [{
        code: "value",
        message: `token "${name}" is empty`,
        span: locator.value([...path, "token"]),
      }];
    }
    return token_file === undefined
      ? []
      : fileProblem(token_file, [...path, "token_file"], readFile, locator);
  }) ?? [];
}

function fileProblem(
  file: string,
  path: Path,
  readFile: RuleInput["readFile"],
  locator: RuleInput["locator"],
): Problem[] {
  const problem = (message: string): Problem[] => [{ code: "value", message, span: locator.value(path) }];
  try {
    return readFile(file).trim() === "" ? problem(`${file} is empty: it must hold a token`) : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return problem(`${file} does not exist`);
    return problem(`Cannot read ${file}: ${errorMessage(error)}`);
  }
}

/** The files of the admin server's TLS can be used. */
export function adminTls({ config, locator, readFile, wallTimeMs, failedPair }: RuleInput): Problem[] {
  const { tls, listen } = config?.admin ?? {};
  if (tls === undefined) return [];
  const path: Path = ["admin", "tls"];
  if (listen !== undefined && isUnix(listen)) {
    return [{
      code: "value",
      message: "the admin server speaks no TLS on a unix socket",
      span: locator.value(path),
      hints: ["remove admin.tls: the mode of the socket says who may connect"],
    }];
  }
  const reader = new CertificateReader(readFile, wallTimeMs);
  const pair = reader.pair(tls);
  const failure = pair.ok ? failedPair(pair.value) : null;
  const found = [
    ...(pair.ok ? failure === null ? pair.warnings : [failedTrial(tls, failure)] : pair.problems),
    ...(tls.client_ca_file === undefined ? [] : authorities(reader, tls.client_ca_file)),
  ];
  return found.map(({ key, ...problem }): Problem => ({
    code: "certificate",
    ...problem,
    span: locator.value([...path, key === "ca_file" ? "client_ca_file" : key]),
  }));
}

function authorities(reader: CertificateReader, file: string): readonly CertificateProblem[] {
  const read = reader.authorities(file);
  return read.ok ? read.warnings : read.problems;
}
