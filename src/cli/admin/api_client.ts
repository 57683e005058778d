import type { FproxyError } from "../../base/errors.ts";
import type { ProblemBody } from "../../control/admin/api/problem.ts";
import { formatAdminAddress } from "./admin_address.ts";
import { type AdminAnswer, type AdminRequest, askAdmin } from "./admin_client.ts";
import { type AdminAccess, failed } from "./admin_options.ts";

/** Longest time for an answer of the admin server, unless something else is asked for. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Most entries of a page. */
const PAGE_LIMIT = 1000;

/** What is asked; the rest is known. */
export type ApiCall = Pick<AdminRequest, "method" | "path" | "body" | "text"> & {
  /** For connecting and the whole answer together. */
  readonly timeoutMs?: number;
};

/** The admin API. Every failure is thrown, in words for people: `FproxyError` with code `admin`. */
export class ApiClient {
  /** @param timeoutMs for an answer that is not asked for with another one. */
  constructor(private readonly access: AdminAccess, private readonly timeoutMs = ANSWER_TIMEOUT_MS) {}

  /** The body of an answer; null where it is empty. */
  async ask<T>(call: ApiCall): Promise<T> {
    const answer = await this.#answer(call);
    const body = parse(answer.text);
    if (body === undefined) throw refused(this.access, answer);
    return body as T;
  }

  /** The same, of a resource that is text. */
  async askText(call: ApiCall): Promise<string> {
    return (await this.#answer(call)).text;
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

  async #answer(
    { timeoutMs = this.timeoutMs, ...call }: ApiCall,
  ): Promise<Extract<AdminAnswer, { readonly status: number }>> {
    const { address, token, certificates } = this.access;
    const answer = await askAdmin(address, { ...call, token, certificates }, timeoutMs);
    if ("failure" in answer) throw unreachable(this.access, answer.failure);
    if (answer.status !== 200 && answer.status !== 202) throw refused(this.access, answer);
    return answer;
  }
}

/** That the admin server does not answer, in words for people; it may do so later. */
export function unreachable({ address, note }: AdminAccess, failure: string): FproxyError {
  return failed(`admin server ${formatAdminAddress(address)}: ${failure}${note}`, true);
}

/** What an answer that is no success says, in words for people. */
export function refused(
  { address, token }: AdminAccess,
  { status, text }: { readonly status: number; readonly text: string },
): FproxyError {
  const name = formatAdminAddress(address);
  if (status === 401) {
    return failed(
      token === ""
        ? `admin server ${name} asks for a token: give --token-file, or set FPROXY_ADMIN_TOKEN`
        : `admin server ${name} does not take this token`,
    );
  }
  const { detail = `status ${status}: ${text.trim()}`, hint = "" } = (parse(text) ?? {}) as Partial<
    ProblemBody
  >;
  return failed(hint === "" ? detail : `${detail} (${hint})`, status >= 500);
}

/** Undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
