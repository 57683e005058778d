import type { Connection } from "../../engine/engine.ts";
import type { ListenerSnapshot } from "../../model/snapshot.ts";
import type { App } from "../app.ts";
import type { ClientPlace } from "../client_place.ts";

/** A client that was accepted and has not begun its session. */
export interface AcceptedClient {
  readonly app: App;
  readonly listener: ListenerSnapshot;
  readonly connection: Connection;
  /** Of the client in this thread. */
  readonly number: number;
  readonly place: ClientPlace;
}
