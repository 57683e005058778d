import {
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { type EventDocument, eventDocument } from "../model/documents.ts";
import { keyOf } from "./key_text.ts";
import { storeError } from "./read_store_error.ts";

/** How long events are remembered, and how much of them; milliseconds and bytes. The oldest go first. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1_000;
const MAX_BYTES = 64 * 1024 * 1024;
const NANOS_PER_MS = 1_000_000;

/** An event, with what the store knows of it. */
export interface StoredEvent extends EventDocument {
  /** By the servers' clock. */
  readonly at: Date;
}

/** Which events are asked for. */
export interface EventQuery {
  /** Only those from then on; all that are remembered unless given. */
  readonly since?: Date;
  /** Whether it goes on with those that come. */
  readonly isFollowed: boolean;
}

/** What happened in a region, in the order in which the servers heard of it. */
export class EventStream {
  private constructor(
    private readonly client: JetStreamClient,
    private readonly name: string,
    private readonly subject: string,
  ) {}

  /** Opens the stream of a region, which is made where it is missing. */
  static async open(
    manager: JetStreamManager,
    region: string,
    copies: number,
  ): Promise<EventStream> {
    const [name, subject] = [`${region}_events`, `fproxy.${region}.event`];
    try {
      await manager.streams.info(name);
    } catch (error) {
      if (storeError(error, "").code !== "store_missing") throw error;
      await manager.streams.add({
        name,
        subjects: [`${subject}.>`],
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        storage: StorageType.File,
        max_age: MAX_AGE_MS * NANOS_PER_MS,
        max_bytes: MAX_BYTES,
        num_replicas: copies,
      });
    }
    return new EventStream(manager.jetstream(), name, subject);
  }

  /**
   * Has the region remember an event.
   * @param writer kind and name of who says so: a node may write as itself alone.
   * @throws {StoreError}
   */
  async tell(writer: readonly [kind: string, name: string], event: EventDocument): Promise<void> {
    try {
      await this.client.publish(`${this.subject}.${writer.map(keyOf).join(".")}`, JSON.stringify(event));
    } catch (error) {
      throw storeError(error, `Cannot tell the region of ${event.event}`);
    }
  }

  /**
   * Tells of events, the oldest first.
   * @param onEnd called once, when all that were remembered have been told.
   * @returns stops it.
   * @throws {StoreError}
   */
  async read(
    { since, isFollowed }: EventQuery,
    onEvent: (event: StoredEvent) => void,
    onEnd: () => void,
  ): Promise<() => void> {
    try {
      const consumer = await this.client.consumers.getPushConsumer(this.name, {
        ...(since === undefined
          ? { deliver_policy: DeliverPolicy.All }
          : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
      });
      const { num_pending: pending } = await consumer.info(true);
      if (pending === 0) onEnd();
      if (pending === 0 && !isFollowed) return () => {};
      let left = pending;
      const messages = await consumer.consume({
        callback: (message) => {
          const event = readEvent(message);
          if (event !== null) onEvent(event);
          if (--left !== 0) return;
          if (!isFollowed) messages.stop();
          onEnd();
        },
      });
      return () => messages.stop();
    } catch (error) {
      throw storeError(error, "Cannot read the events");
    }
  }
}

/** Null for what no program like this one wrote. */
function readEvent(message: JsMsg): StoredEvent | null {
  try {
    const event = eventDocument.safeParse(message.json()).data;
    return event === undefined ? null : { ...event, at: message.time };
  } catch {
    return null;
  }
}
