import { type AdminConfig, adminSettings } from "../../model/config_admin.ts";
import { decode } from "./decode.ts";
import { type Environment, interpolate } from "./interpolate.ts";
import { parse } from "./parse.ts";
import { plainValue } from "./plain_value.ts";
import { readConfigFile } from "./read_file.ts";
import { field } from "./rules/app_view.ts";

/**
 * What a config file says of the admin server, whether or not the rest of it is valid: who asks a running proxy must find
 * it while its file is being edited.
 * @returns null where even that cannot be read.
 */
export async function readAdminSection(path: string, env: Environment): Promise<AdminConfig | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readConfigFile(path);
  } catch {
    return null;
  }
  const decoded = decode(bytes, path);
  if (!decoded.ok) return null;
  const parsed = parse(decoded.source);
  if (!parsed.ok) return null;
  interpolate(parsed.document, decoded.source.text, env);
  const written = field(plainValue(parsed.document).value, "admin");
  return adminSettings.safeParse(written ?? {}).data ?? null;
}
