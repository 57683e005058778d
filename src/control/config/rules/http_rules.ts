import { formatTarget } from "../../../model/endpoint_url.ts";
import { TARGET_FORMS } from "../../../model/host_port.ts";
import type { CertificateFiles, CertificateProblem } from "../../certificates/certificate_problem.ts";
import { CertificateReader } from "../../certificates/certificate_reader.ts";
import { failedTrial } from "../../certificates/read_certificates.ts";
import { type AppView, field, list } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import { HTTP_KEYS } from "./option_table.ts";
import type { RuleInput } from "./rule.ts";

/** The keys of HTTP mode mean nothing elsewhere; who writes them expects something. Those of `defaults` just wait. */
export function httpKeysInTcp({ value, locator, apps }: RuleInput): Problem[] {
  return apps.filter(({ mode }) => mode === "tcp").flatMap(({ index }) => {
    const app = list(field(value, "apps"))[index];
    return HTTP_KEYS.filter((key) => field(app, key) !== undefined).map((key): Problem => ({
      code: "mode",
      message: `"${key}" is for apps in mode http, and this one is in mode tcp`,
      span: locator.key(["apps", index], key) ?? locator.value(["apps", index]),
      hints: ['write "mode: http" if it carries HTTP'],
    }));
  });
}

/** In TCP mode nobody reads a path or speaks TLS. */
export function urlsInTcp({ locator, apps }: RuleInput): Problem[] {
  return apps.filter(({ mode }) => mode === "tcp").flatMap(({ index, targets }) =>
    targets.flatMap((target, at): Problem[] =>
      target === undefined || target.url === null ? [] : [{
        code: "mode",
        message: `target ${
          formatTarget(target)
        } is a URL, and this app is in mode tcp: write ${TARGET_FORMS}`,
        span: locator.value(["apps", index, "targets", at]),
        hints: ['write "mode: http" if it carries HTTP'],
      }]
    )
  );
}

/** TLS is spoken by the engine `deno` alone. */
export function tlsNeedsDeno({ value, locator, apps }: RuleInput): Problem[] {
  return apps.filter(({ mode, engine }) => mode === "http" && engine === "epoll").flatMap(
    (app): Problem[] => {
      const cause = tlsCause(app, list(field(value, "apps"))[app.index]);
      if (cause === null) return [];
      const path: Path = ["apps", app.index];
      const own = field(list(field(value, "apps"))[app.index], "engine") !== undefined;
      return [{
        code: "engine",
        message: "the engine epoll has no TLS",
        span: locator.value([...path, ...(own ? ["engine"] : cause)]),
        hints: ['write "engine: deno" or "engine: auto" for this app'],
        ...(own
          ? { related: [{ message: "TLS is asked for here", span: locator.value([...path, ...cause]) }] }
          : {}),
      }];
    },
  );
}

/** Where an app asks for TLS, null where it does not. */
function tlsCause(app: AppView, written: unknown): Path | null {
  if (field(written, "tls") !== undefined) return ["tls"];
  const at = app.targets.findIndex((target) => target?.url?.scheme === "https");
  return at < 0 ? null : ["targets", at];
}

/** The files of certificates can be read and used. */
export function certificateFiles(input: RuleInput): Problem[] {
  const { value, apps } = input;
  const reader = new CertificateReader(input.readFile, input.wallTimeMs);
  const owners: [unknown, Path][] = [
    [field(value, "defaults"), ["defaults"]],
    ...apps.filter(({ mode }) => mode === "http").map(({ index }): [unknown, Path] => [
      list(field(value, "apps"))[index],
      ["apps", index],
    ]),
  ];
  return owners.flatMap(([owner, path]) => {
    const problems: Problem[] = [];
    const tls = [...path, "tls"];
    const cert_file = pathAt(field(owner, "tls"), "cert_file", tls, input);
    const key_file = pathAt(field(owner, "tls"), "key_file", tls, input);
    if (path[0] === "apps" && cert_file !== null && key_file !== null) {
      const found = pairProblems({ cert_file, key_file }, reader, input);
      problems.push(...found.map((problem) => toProblem(problem, tls, input)));
    }
    const httpTls = [...path, "http", "tls"];
    const ca_file = pathAt(field(field(owner, "http"), "tls"), "ca_file", httpTls, input);
    if (ca_file !== null) {
      const read = reader.authorities(ca_file);
      const found = read.ok ? read.warnings : read.problems;
      problems.push(...found.map((problem) => toProblem(problem, httpTls, input)));
    }
    return problems;
  });
}

function pairProblems(
  files: CertificateFiles,
  reader: CertificateReader,
  input: RuleInput,
): readonly CertificateProblem[] {
  const read = reader.pair(files);
  if (!read.ok) return read.problems;
  const failure = input.failedPair(read.value);
  return failure === null ? read.warnings : [failedTrial(files, failure)];
}

/** A path that is written and known; null else. */
function pathAt(owner: unknown, key: string, path: Path, { locator, unresolved }: RuleInput): string | null {
  const text = field(owner, key);
  const isKnown = typeof text === "string" && text !== "" && !unresolved.has(locator.node([...path, key]));
  return isKnown ? text : null;
}

function toProblem({ key, ...problem }: CertificateProblem, path: Path, { locator }: RuleInput): Problem {
  return { code: "certificate", ...problem, span: locator.value([...path, key]) };
}
