import type { ProblemBody } from "../../control/admin/api/problem.ts";
import { formatAdminAddress } from "./admin_address.ts";
import { type AdminRequest, askAdmin } from "./admin_client.ts";
import { type AdminAccess, failed } from "./admin_options.ts";

/** Longest time for an answer of the admin server. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Most entries of a page. */
const PAGE_LIMIT = 1000;

/** What is asked; the rest is known. */
export type ApiCall =
  & Pick<AdminRequest, "method" | "path" | "body" | "text">
  & Partial<Pick<AdminRequest, "timeoutMs">>;

/** The admin API. Every failure is thrown, in words for people: `FproxyError` with code `admin`. */
export class ApiClient {
  constructor(private readonly access: AdminAccess) {}

  /** The body of an answer; null where it is empty. */
  async ask<T>(call: ApiCall): Promise<T> {
    const text = await this.askText(call);
    const body = parse(text);
    if (body === undefined) throw failed(`the answer to ${call.path} is no JSON: ${text.trim()}`);
    return body as T;
  }

  /** The same, of a resource that is text. */
  async askText(call: ApiCall): Promise<string> {
    const { address, note, token, certificates } = this.access;
    const answer = await askAdmin(address, { timeoutMs: ANSWER_TIMEOUT_MS, ...call, token, certificates });
    const name = formatAdminAddress(address);
    if ("failure" in answer) throw failed(`admin server ${name}: ${answer.failure}${note}`);
    const { status, text } = answer;
    if (status === 401) {
      throw failed(
        token === ""
          ? `admin server ${name} asks for a token: give --token-file, or set FPROXY_ADMIN_TOKEN`
          : `admin server ${name} does not take this token`,
      );
    }
    if (status === 200 || status === 202) return text;
    const problem = (parse(text) ?? {}) as Partial<ProblemBody>;
    const { detail = `status ${status}: ${text.trim()}`, hint = "" } = problem;
    throw failed(hint === "" ? detail : `${detail} (${hint})`);
  }

  /** All entries of a list, page by page. @param entriesOf those of one page. */
  async all<T, E>(
    path: string,
    entriesOf: (page: T) => readonly E[],
  ): Promise<{ readonly entries: E[]; readonly last: T }> {
    const entries: E[] = [];
    for (let cursor = "";;) {
      const separator = path.includes("?") ? "&" : "?";
      const page: T & { readonly next_cursor: string | null } = await this.ask({
        path: `${path}${separator}limit=${PAGE_LIMIT}${cursor === "" ? "" : `&cursor=${cursor}`}`,
      });
      entries.push(...entriesOf(page));
      if (page.next_cursor === null) return { entries, last: page };
      cursor = page.next_cursor;
    }
  }
}

/** Undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
