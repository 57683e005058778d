import { stringify } from "yaml";
import { decode } from "./decode.ts";
import { parse } from "./parse.ts";
import { plainValue } from "./plain_value.ts";
import { redactAt } from "./redact.ts";
import { renameSeedKeys } from "./seed_format.ts";

/**
 * The text of a config as one that may be shown: as YAML, without comments, which may hold anything, and with secrets
 * redacted. References to the environment stay references.
 * @returns null where it cannot be read, so that nobody knows where secrets stand in it.
 */
export function redactText(text: Uint8Array): string | null {
  const decoded = decode(text, "");
  if (!decoded.ok) return null;
  const parsed = parse(decoded.source);
  if (!parsed.ok) return null;
  renameSeedKeys(parsed.document);
  const { value, incomplete } = plainValue(parsed.document);
  return incomplete ? null : stringify(redactAt(value, []), { aliasDuplicateObjects: false });
}
