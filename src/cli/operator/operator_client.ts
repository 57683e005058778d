import { FproxyError } from "../../base/errors.ts";
import type { ApiError } from "../../control/admin/api/api_error.ts";
import type { OverrideAnswer } from "../../control/admin/api/target_override.ts";
import type { TargetsView } from "../../control/admin/api/targets.ts";
import type { OverridePart } from "../../control/overrides/override.ts";
import type { OverrideJson } from "../../control/overrides/override_json.ts";
import { formatHostPort } from "../../model/address.ts";
import type { HostPort } from "../../model/host_port.ts";
import { type AdminRequest, askAdmin } from "../admin_client.ts";

/** Longest time for an answer of the admin server. */
const ANSWER_TIMEOUT_MS = 10_000;

/** What is sent with a change. */
export interface OverrideBody {
  readonly state?: string | undefined;
  readonly weight?: number | string | undefined;
  readonly reason?: string | undefined;
  /** A duration as `15m`. */
  readonly for?: string | undefined;
  readonly by?: string | undefined;
}

/** The admin API for targets. Every failure is thrown, in words for people: `FproxyError` with code `admin`. */
export class OperatorClient {
  constructor(private readonly admin: HostPort, private readonly token: string) {}

  /** The targets of an app, layer by layer. */
  targets(app: string): Promise<TargetsView> {
    return this.#ask({ path: `/api/v1/apps/${encodeURIComponent(app)}/targets` });
  }

  /**
   * The target that a beginning of its key names.
   * @param isOverridden whether one is looked for that may be gone from the config and still be overridden.
   */
  async find(app: string, beginning: string, isOverridden = false): Promise<string> {
    const keys = new Set<string>();
    if (isOverridden) {
      const all: { readonly overrides: readonly OverrideJson[] } = await this.#ask({
        path: "/api/v1/overrides",
      });
      for (const one of all.overrides) if (one.app === app) keys.add(one.target);
      if (keys.has(beginning)) return beginning;
    }
    for (const { target } of (await this.targets(app)).targets) keys.add(target);
    return chooseTarget(app, beginning, [...keys]);
  }

  /** Changes what is said of a target. */
  put(app: string, target: string, body: OverrideBody): Promise<OverrideAnswer> {
    return this.#ask({ method: "PUT", path: overridePath(app, target), body });
  }

  /** Takes a part of it back. */
  remove(app: string, target: string, part: OverridePart, by?: string): Promise<OverrideAnswer> {
    const who = by === undefined ? "" : `&by=${encodeURIComponent(by)}`;
    return this.#ask({ method: "DELETE", path: `${overridePath(app, target)}?part=${part}${who}` });
  }

  async #ask<T>(request: Omit<AdminRequest, "timeoutMs" | "token">): Promise<T> {
    const answer = await askAdmin(this.admin, {
      ...request,
      token: this.token,
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    const name = formatHostPort(this.admin.host, this.admin.port);
    if ("failure" in answer) throw failed(`admin server ${name}: ${answer.failure}`);
    const { status, text } = answer;
    if (status === 401) {
      throw failed(
        this.token === ""
          ? `admin server ${name} asks for a token: give --token, or set FPROXY_ADMIN_TOKEN`
          : `admin server ${name} does not take this token`,
      );
    }
    const body = parse(text);
    if (status === 200 && body !== null) return body as T;
    const { message = `status ${status}: ${text.trim()}`, hint = "" } =
      (body as { readonly error?: Partial<ApiError> } | null)?.error ?? {};
    throw failed(hint === "" ? message : `${message} (${hint})`);
  }
}

/**
 * The key that was meant by a beginning of it: with or without the scheme of a URL.
 * @throws {FproxyError} with the list of those that fit, or of all.
 */
export function chooseTarget(app: string, beginning: string, keys: readonly string[]): string {
  if (keys.includes(beginning)) return beginning;
  const fitting = keys.filter((key) =>
    key.startsWith(beginning) || key.replace(/^https?:\/\//, "").startsWith(beginning)
  );
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const list = (targets: readonly string[]): string => targets.map((key) => `\n  ${key}`).join("");
  throw failed(
    only === undefined
      ? `app ${app} has no target ${beginning}; it has:${list(keys)}`
      : `${beginning} is the beginning of ${fitting.length} targets of app ${app}:${list(fitting)}`,
  );
}

/** A failure of such a command, in words for people. */
export function failed(message: string): FproxyError {
  return new FproxyError("admin", message);
}

function overridePath(app: string, target: string): string {
  return `/api/v1/apps/${encodeURIComponent(app)}/targets/${encodeURIComponent(target)}/override`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
