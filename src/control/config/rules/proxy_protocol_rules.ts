import { PROXY_ACCEPTS } from "../../../model/config_proxy_protocol.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import { field, list } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

/** Where an app, or `defaults` for it, has PROXY headers accepted. */
interface Accepting {
  readonly index: number;
  /** Of the `accept` that counts. */
  readonly path: Path;
}

/** Whoever is believed can be any client, so nobody is unless it is written. */
export function proxyTrust({ value, locator, apps }: RuleInput): Problem[] {
  const paths = accepting(value, apps).filter(({ index }) => trustedOf(value, index).length === 0)
    .map(({ path }) => path);
  return distinct(paths).map((path) => ({
    code: "value",
    message: "PROXY headers are accepted, and nobody is trusted to send them",
    span: locator.value(path),
    hints: [
      'write "trusted" beside it: the addresses of the proxies in front, as in ["10.0.0.0/8"]; ' +
      '["0.0.0.0/0", "::/0"] is everybody',
    ],
  }));
}

function accepting(value: unknown, apps: RuleInput["apps"]): Accepting[] {
  return apps.flatMap(({ index }): Accepting[] => {
    const key = ["proxy_protocol", "accept"] as const;
    const own = field(field(list(field(value, "apps"))[index], key[0]), key[1]);
    const shared = field(field(field(value, "defaults"), key[0]), key[1]);
    if (!isOn(own ?? shared)) return [];
    return [{ index, path: own === undefined ? ["defaults", ...key] : ["apps", index, ...key] }];
  });
}

/** What is no value at all is the schema's to tell. */
function isOn(accept: unknown): boolean {
  return accept !== "off" && PROXY_ACCEPTS.some((known) => known === accept);
}

function trustedOf(value: unknown, index: number): readonly unknown[] {
  const own = field(field(list(field(value, "apps"))[index], "proxy_protocol"), "trusted");
  return list(own ?? field(field(field(value, "defaults"), "proxy_protocol"), "trusted"));
}

/** What `defaults` says is said once. */
function distinct(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [path.join("."), path])).values()];
}
