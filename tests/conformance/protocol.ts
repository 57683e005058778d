import type { EngineName, RelayEnd, Side } from "../../src/engine/engine.ts";
import type { SocketAddress } from "../../src/model/address.ts";

/** What the worker does with its engine. */
export type Scenario =
  /** Relays each client to a target. */
  | { readonly mode: "relay"; readonly target: SocketAddress; readonly connectTimeoutMs: number }
  /** As `relay`, but writes a line to the target first, and has begun to read from the client by then. */
  | { readonly mode: "preface"; readonly target: SocketAddress }
  /**
   * Gives the first bytes of each client back, and relays it to the target, or sends back what comes where there is none.
   * `afterEnd`: keeps all bytes, and gives them back when the client has sent its FIN.
   */
  | { readonly mode: "unread"; readonly target: SocketAddress | null; readonly afterEnd?: boolean }
  /** Sends back what comes, by `onData`, `write` and `end`. */
  | { readonly mode: "echo" }
  /** Accepts and leaves connections paused; listens on `ip`, 127.0.0.1 where it is left out. */
  | { readonly mode: "hold"; readonly ip?: string }
  /** Begins with a paused listener; sends one byte to each client that it accepts, and a FIN. */
  | { readonly mode: "greet" }
  /**
   * Sends bytes to each client, then finishes, and tells when all of them have left. `heedful` waits for `onDrain` when
   * `write` says so; `paused` leaves the client paused.
   */
  | {
    readonly mode: "flood";
    readonly bytes: number;
    readonly heedful: boolean;
    readonly paused?: boolean;
    readonly finish: "end" | "close" | "reset";
  }
  /** Pauses each client when its first bytes have come, resumes after a while, and counts. */
  | { readonly mode: "pause"; readonly pauseMs: number }
  /** Makes one attempt, gives it up after a while if told so (0: in the same turn), and says what came of it. */
  | {
    readonly mode: "connect";
    readonly target: SocketAddress;
    readonly timeoutMs: number;
    readonly cancelAfterMs: number | null;
  }
  /** Starts and cancels timers. */
  | { readonly mode: "timers" };

/** The one message to the worker. */
export interface WorkerInit {
  readonly engine: EngineName;
  readonly scenario: Scenario;
}

/** A byte sent to the worker's control port, since a thread that blocks in its engine hears no message. */
export const Command = { stop: 1, closeListener: 2, pauseListener: 3, resumeListener: 4 } as const;

/** What the worker tells. */
export type Report =
  | { readonly type: "ready"; readonly port: number; readonly controlPort: number }
  | { readonly type: "accepted"; readonly remote: SocketAddress; readonly local: SocketAddress }
  | { readonly type: "readdressed"; readonly remote: SocketAddress; readonly local: SocketAddress }
  | { readonly type: "accept_error"; readonly code: string }
  | { readonly type: "half_close"; readonly side: "client" | "target" }
  | {
    readonly type: "relay_done";
    readonly end: RelayEnd;
    readonly bytesFromClient: number;
    readonly bytesFromTarget: number;
    readonly firstEnded: Side | null;
    readonly isFirstByteSet: boolean;
    readonly isActivityInOrder: boolean;
  }
  | { readonly type: "connected" }
  | { readonly type: "connect_failed"; readonly code: string; readonly afterMs: number }
  | { readonly type: "cancelled" }
  | { readonly type: "ended" }
  | { readonly type: "closed"; readonly code: string | null }
  | { readonly type: "blocked"; readonly written: number }
  | { readonly type: "finished"; readonly lingering?: number }
  | { readonly type: "flushed"; readonly lingering: number }
  | { readonly type: "paused" }
  | { readonly type: "resumed"; readonly bytesWhilePaused: number }
  | { readonly type: "received"; readonly bytes: number }
  | { readonly type: "listener_closed" }
  | { readonly type: "command_done"; readonly command: number }
  | { readonly type: "timer"; readonly name: string; readonly afterMs: number }
  /** The engine broke a promise of its interface. */
  | { readonly type: "violation"; readonly what: string }
  | { readonly type: "stopped" };

/** Reports of one type. */
export type ReportOf<Type extends Report["type"]> = Extract<Report, { readonly type: Type }>;
