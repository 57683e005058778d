import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm, type KvOptions } from "@nats-io/kv";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type * as z from "zod";
import type { RegionAccess } from "../../model/config_region.ts";
import { type AppDocument, appDocument } from "../model/app_document.ts";
import {
  type AssignmentDocument,
  assignmentDocument,
  type FrontDocument,
  frontDocument,
  type LeaderDocument,
  leaderDocument,
  type NodeDocument,
  nodeDocument,
  type OverrideDocument,
  overrideDocument,
  type ProvidedDocument,
  providedDocument,
  type RolloutDocument,
  rolloutDocument,
  type ScaleDocument,
  scaleDocument,
  type StateDocument,
  stateDocument,
  type TargetDocument,
  targetDocument,
} from "../model/documents.ts";
import { LEASE_MS } from "../model/times.ts";
import { type AnyBucket, Bucket } from "./bucket.ts";
import { readCredentials } from "./credentials.ts";
import { EventStream } from "./event_stream.ts";
import { type KeyCodec, NAMES, PAIRS, PATHS } from "./key_text.ts";
import { storeError } from "./read_store_error.ts";
import { Loads } from "./loads.ts";
import { StoreError } from "./store_error.ts";

/** Time to reach a server, and for each answer; milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** Time until one who is to follow a bucket tries elsewhere, milliseconds. */
const FOLLOW_TIMEOUT_MS = 2_000;
/** Revisions of an app that are remembered. */
const APP_HISTORY = 16;
/** Oldest servers whose buckets do what is used here. */
const OLDEST = [2, 9] as const;

/** How long a program stays with its store. */
export interface StoreUse {
  /** Whether it is there for long: a connection that is lost is made again and again. */
  readonly isLasting: boolean;
  /** Told when the connection is lost, and when it is there again. */
  onLink?(isUp: boolean, reason: string): void;
}

/** The buckets of a store, whatever it is made of. */
export type RegionBuckets = {
  readonly [Name in Exclude<keyof RegionStore, "close" | "loads" | "events">]: RegionStore[Name] extends
    Bucket<infer T> ? AnyBucket<T>
    : never;
};

/** What a region's programs know in common: NATS JetStream behind typed buckets. */
export class RegionStore {
  private constructor(
    private readonly connection: NatsConnection,
    /** App → its document. */
    readonly apps: Bucket<AppDocument>,
    /** Node → what it offers; gone a while after it was written last. */
    readonly nodes: Bucket<NodeDocument>,
    /** Node → what it has to carry. */
    readonly assignments: Bucket<AssignmentDocument>,
    /** `NODE/APP` → how that is. */
    readonly states: Bucket<StateDocument>,
    /** Front (`NODE`, or `NAME/FRONT`) → the replicas that it sends connections to; gone a while after it was written last. */
    readonly fronts: Bucket<FrontDocument>,
    /** App → how far its newest revision has come. */
    readonly rollouts: Bucket<RolloutDocument>,
    /** Node → what operators said of it. */
    readonly overrides: Bucket<OverrideDocument>,
    /** `APP/TARGET` → what operators said of that. */
    readonly targets: Bucket<TargetDocument>,
    /** App → how many replicas it has, where that is worked out. */
    readonly scales: Bucket<ScaleDocument>,
    /** Node → that a provider was asked for it. */
    readonly provided: Bucket<ProvidedDocument>,
    /** What nodes have to do: told, and kept nowhere. */
    readonly loads: Loads,
    /** What happened, for a week. */
    readonly events: EventStream,
    /** `leader` → who leads; gone a while after it was written last. */
    readonly leader: Bucket<LeaderDocument>,
  ) {}

  /** Opens the store of a region; its buckets are made where they are missing. @throws {StoreError} with what to do. */
  static async open(access: RegionAccess, use: StoreUse = { isLasting: false }): Promise<RegionStore> {
    const connection = await reach(access, use);
    const doing = `Cannot open the store of region "${access.region}"`;
    try {
      const { version, jetstream: hasJetStream, max_payload: most } = connection.info!;
      if (isOlder(version)) {
        throw new StoreError(
          "store_unusable",
          `${doing}: nats-server ${version} is older than ${OLDEST.join(".")}`,
        );
      }
      if (hasJetStream !== true) {
        throw new StoreError("store_unusable", `${doing}: the servers run without JetStream`);
      }
      const manager = await jetstreamManager(connection, { timeout: ANSWER_TIMEOUT_MS, checkAPI: false });
      const kvm = new Kvm(manager.jetstream());
      const following = new Kvm(jetstream(connection, { timeout: FOLLOW_TIMEOUT_MS }));
      const open = async <T>(
        name: string,
        noun: string,
        schema: z.ZodType<T>,
        options: Partial<KvOptions> = {},
        keys: KeyCodec = NAMES,
      ): Promise<Bucket<T>> => {
        const kv = await kvm.create(`${access.region}_${name}`, {
          replicas: copiesOf(access),
          history: 1,
          // What is read is what was written before, not what one of the servers has by now: see `FrontUses`.
          allow_direct: false,
          ...options,
        });
        const followed = await following.open(`${access.region}_${name}`);
        return new Bucket({ kv, followed }, schema, noun, most, keys);
      };
      return new RegionStore(
        connection,
        await open("apps", "app", appDocument, { history: APP_HISTORY }),
        await open("nodes", "node", nodeDocument, { ttl: LEASE_MS }),
        await open("assignments", "assignment", assignmentDocument),
        await open("states", "state", stateDocument, {}, PAIRS),
        await open("fronts", "front", frontDocument, { ttl: LEASE_MS }, PATHS),
        await open("rollouts", "rollout", rolloutDocument, { history: APP_HISTORY }),
        await open("overrides", "override", overrideDocument),
        await open("targets", "override of a target", targetDocument, {}, PAIRS),
        await open("scales", "scale", scaleDocument),
        await open("provided", "provided node", providedDocument),
        new Loads(connection, access.region),
        await EventStream.open(manager, access.region, copiesOf(access)),
        await open("leader", "leader", leaderDocument, { ttl: LEASE_MS }),
      );
    } catch (error) {
      await connection.close();
      throw storeError(error, doing);
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

async function reach(
  { servers, credentials, ca_file: caFile }: RegionAccess,
  { isLasting, onLink }: StoreUse,
): Promise<NatsConnection> {
  const doing = `Cannot reach ${servers.join(", ")}`;
  try {
    const connection = await connect({
      servers,
      name: "fproxy",
      timeout: CONNECT_TIMEOUT_MS,
      reconnect: isLasting,
      maxReconnectAttempts: -1,
      ...(credentials === undefined ? {} : { authenticator: readCredentials(credentials) }),
      ...(caFile === undefined ? {} : { tls: { caFile } }),
    });
    if (onLink !== undefined) void tellOfLink(connection, onLink);
    return connection;
  } catch (error) {
    throw storeError(error, doing);
  }
}

async function tellOfLink(
  connection: NatsConnection,
  onLink: (isUp: boolean, reason: string) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "disconnect") onLink(false, `lost the connection to ${status.server}`);
    if (status.type === "reconnect") onLink(true, `connected to ${status.server}`);
  }
}

/** On how many servers a store is made. */
function copiesOf({ servers, copies }: RegionAccess): number {
  return copies ?? (servers.length < 3 ? 1 : 3);
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || major === OLDEST[0] && minor < OLDEST[1];
}
