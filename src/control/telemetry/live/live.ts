import { LIVE_EVENTS_KEPT } from "../../../base/limits.ts";
import type { LogEntry } from "../../../base/log.ts";
import { type Board, Header } from "../../../model/board.ts";
import { Feed } from "./feed.ts";

const NEWLINE = 0x0a;

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

  /** Takes whole lines of access records, so many. Those that no follower looks at are not even decoded. */
  recorded(lines: Uint8Array<ArrayBuffer>, count: number): void {
    if (!this.access.isFollowed) return;
    const looked = Math.min(count, this.access.room);
    const text = this.#decoder.decode(looked < count ? lines.subarray(0, endOfLine(lines, looked)) : lines);
    if (looked > 0) { for (const line of text.split("\n", looked)) this.access.publish(line); }
    if (looked < count) this.access.pass(count - looked);
  }
}

/** Where the `number`th line ends, its newline included; 0 for none. */
function endOfLine(lines: Uint8Array, number: number): number {
  let end = 0;
  for (let line = 0; line < number; line++) end = lines.indexOf(NEWLINE, end) + 1;
  return end;
}
