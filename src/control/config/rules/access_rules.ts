import { errorMessage } from "../../../base/errors.ts";
import { isAddressText, sourceOf } from "../../../model/config_access.ts";
import { readAccessFile } from "../../access/access_file.ts";
import { pathOfList } from "../../access/app_access.ts";
import { readCidrRange } from "../../cel/cidr_range.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import { field, list } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

/** What access rules are about is addresses, ranges, or lists that can be read. */
export function accessSources(input: RuleInput): Problem[] {
  const { value } = input;
  return [
    ...ofOwner(field(value, "defaults"), ["defaults"], input),
    ...list(field(value, "apps")).flatMap((app, index) => ofOwner(app, ["apps", index], input)),
  ];
}

function ofOwner(owner: unknown, path: Path, input: RuleInput): Problem[] {
  return list(field(field(owner, "access"), "rules")).flatMap((rule, index) => {
    const key = field(rule, "allow") === undefined ? "deny" : "allow";
    const source = sourceOf({ [key]: field(rule, key) });
    const at = [...path, "access", "rules", index, key];
    const isKnown = typeof source === "string" && source !== "" &&
      !input.unresolved.has(input.locator.node(at));
    if (!isKnown) return [];
    return isAddressText(source) ? ofAddress(source, at, input) : ofFile(source, at, input);
  });
}

function ofAddress(source: string, path: Path, { locator }: RuleInput): Problem[] {
  const span = locator.value(path);
  try {
    const { hasMore, length } = readCidrRange(source);
    if (!hasMore) return [];
    return [{
      severity: "warning",
      code: "access",
      message: `"${source}" has bits set after the first ${length}, which count for nothing`,
      span,
      hints: ["all addresses are meant that have the same first bits"],
    }];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const hints = [
      'write an address or a range, such as "10.0.0.0/8" or "2001:db8::/32"; a path that looks like one begins with "./"',
    ];
    return [{ code: "value", message: errorMessage(error), span, hints }];
  }
}

function ofFile(source: string, path: Path, { locator, folder, readFile }: RuleInput): Problem[] {
  const result = readAccessFile(pathOfList(source, folder), readFile);
  const span = locator.value(path);
  if (result.ok) {
    return result.warnings.map(({ message }) => ({ severity: "warning", code: "access", message, span }));
  }
  return result.problems.map(({ message }) => ({
    code: "access",
    message,
    span,
    hints: [
      "wanted is a file with one address or range a line; a relative path starts at the folder of the config",
    ],
  }));
}
