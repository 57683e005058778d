import { LIVE_EVENTS_KEPT } from "../../../base/limits.ts";
import type { LogEntry } from "../../../base/log.ts";
import { type Board, Header } from "../../../model/board.ts";
import { Feed } from "./feed.ts";

/** What happens in the program, for those who watch: logged events, and access records while somebody asks for them. */
export class Live {
  /** Events as they are logged. */
  readonly events = new Feed(LIVE_EVENTS_KEPT);
  /** Access records. Nobody who comes back gets those of before: nothing is kept of what nobody watches. */
  readonly access: Feed;
  readonly #decoder = new TextDecoder();

  /** @param board while access records are followed it asks data threads for those of all sessions. */
  constructor(board: Board) {
    this.access = new Feed(0, (isFollowed) => {
      Atomics.store(board.words, Header.accessFollowed, isFollowed ? 1 : 0);
    });
  }

  /** Takes an event of the log. */
  logged({ fields, ...entry }: LogEntry): void {
    this.events.publish(JSON.stringify({ ...entry, ...fields }));
  }

  /** Takes whole lines of access records. */
  recorded(lines: Uint8Array<ArrayBuffer>): void {
    if (!this.access.isFollowed) return;
    for (const line of this.#decoder.decode(lines).split("\n")) {
      if (line !== "") this.access.publish(line);
    }
  }
}
