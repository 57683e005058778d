import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { ADMIN_TOKEN_RECHECK_MS } from "../../../base/limits.ts";
import type { Logger } from "../../../base/log.ts";
import type { AdminConfig, AdminRole } from "../../../model/config_admin.ts";
import { type ReadTextFile, readTextFile } from "../../files/read_text_file.ts";

/** Who sent a request, as far as its token tells. */
export interface Bearer {
  /** Name of the token in the config. */
  readonly name: string;
  readonly role: AdminRole;
}

/** Tokens as the config has them. */
export type TokenSettings = Pick<AdminConfig, "token" | "tokens">;

interface Entry extends Bearer {
  /** Keyed hash of the token; null while its file has none. */
  hash: Buffer | null;
  readonly file: string | null;
  readAt: number;
  error: string;
}

/** Name of `admin.token`, which has none in the config. */
const UNNAMED = "admin.token";

/**
 * The tokens that clients may show. They are compared by a keyed hash, all of them each time: the time that takes tells
 * neither how much of a guess is right, nor its length, nor which token it was. Files are read again once a second while
 * there are requests; a file that is gone or empty lets nobody in.
 */
export class Tokens {
  readonly #key = randomBytes(32);
  #entries: readonly Entry[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly read: ReadTextFile = readTextFile,
  ) {}

  /** Whether requests have to show one. */
  get areRequired(): boolean {
    return this.#entries.length > 0;
  }

  /** Takes other tokens, which count at once. */
  configure({ token, tokens }: TokenSettings): void {
    const unnamed = token === ""
      ? []
      : [{ name: UNNAMED, role: "write" as const, token, token_file: undefined }];
    this.#entries = [...unnamed, ...tokens].map(({ name, role, token, token_file }): Entry => ({
      name,
      role,
      hash: token === undefined || token === "" ? null : this.#hash(token),
      file: token_file ?? null,
      readAt: -Infinity,
      error: "",
    }));
  }

  /** Whose token it is, null where it is nobody's. */
  find(token: string): Bearer | null {
    const shown = this.#hash(token);
    let found: Bearer | null = null;
    for (const entry of this.#entries) {
      this.#refresh(entry);
      const isSame = timingSafeEqual(shown, entry.hash ?? this.#nobody);
      if (isSame && entry.hash !== null) found ??= { name: entry.name, role: entry.role };
    }
    return found;
  }

  #refresh(entry: Entry): void {
    const now = this.clock.now();
    if (entry.file === null || now - entry.readAt < ADMIN_TOKEN_RECHECK_MS) return;
    entry.readAt = now;
    const [text, error] = this.#readFile(entry.file);
    entry.hash = text === "" ? null : this.#hash(text);
    if (error !== "" && error !== entry.error) {
      this.log.warn("admin_token_unreadable", {
        name: entry.name,
        error,
      });
    }
    entry.error = error;
  }

  #readFile(file: string): [text: string, error: string] {
    try {
      const text = this.read(file).trim();
      return [text, text === "" ? `${file} is empty` : ""];
    } catch (error) {
      return ["", errorMessage(error)];
    }
  }

  #hash(token: string): Buffer {
    return createHmac("sha256", this.#key).update(token).digest();
  }

  /** What no token hashes to. */
  get #nobody(): Buffer {
    return Buffer.alloc(32);
  }
}
