import * as z from "zod";
import { replaceFile } from "../../base/replace_file.ts";
import { appDocument } from "../model/app_document.ts";
import { assignmentDocument } from "../model/documents.ts";
import type { CarriedApp } from "./carried_app.ts";
import type { ReadyReplica } from "./ready_replicas.ts";

const NAME = "region.json";
const keptFile = z.strictObject({
  version: z.literal(1),
  region: z.string(),
  node: z.string(),
  assignment: assignmentDocument,
  documents: z.record(z.string(), appDocument),
  replicas: z.record(
    z.string(),
    z.array(z.strictObject({ node: z.string(), address: z.string(), port: z.int(), zone: z.string() })),
  ),
});

/** What a node knows of its region. */
export interface Kept {
  /** Of the leader who said so. */
  readonly epoch: number;
  /** What it carries. */
  readonly apps: ReadonlyMap<string, CarriedApp>;
  /** What its targets stand for, by app. */
  readonly replicas: Readonly<Record<string, readonly ReadyReplica[]>>;
}

/** Whose state it is. */
export interface KeptFor {
  readonly region: string;
  readonly node: string;
}

/** What a node carries for its region, on its disk: it starts from that alone. */
export class KeptApps {
  #writing: Promise<void> = Promise.resolve();
  /** What was written last. */
  #text = "";

  /** @param directory the `state_dir` of the config; empty keeps nothing. */
  constructor(private readonly directory: string, private readonly owner: KeptFor) {}

  /** Null where nothing is kept, or not for this node. @throws when what is there cannot be read. */
  async read(): Promise<Kept | null> {
    if (this.directory === "") return null;
    let text: string;
    try {
      text = await Deno.readTextFile(`${this.directory}/${NAME}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    const { region, node, assignment, documents, replicas } = keptFile.parse(JSON.parse(text));
    if (region !== this.owner.region || node !== this.owner.node) return null;
    const apps = Object.entries(assignment.apps).flatMap(([name, app]) =>
      documents[name] === undefined ? [] : [[name, { ...app, document: documents[name] }] as const]
    );
    return { epoch: assignment.epoch, apps: new Map(apps), replicas };
  }

  /** Replaces what is kept, as a whole. @throws when it cannot be written. */
  write({ epoch, apps, replicas }: Kept): Promise<void> {
    if (this.directory === "") return Promise.resolve();
    const assigned = [...apps].map(([name, { document: _document, ...app }]) => [name, app] as const);
    const documents = [...apps].map(([name, { document }]) => [name, document] as const);
    const text = JSON.stringify({
      version: 1,
      ...this.owner,
      assignment: { format: 1, epoch, apps: Object.fromEntries(assigned) },
      documents: Object.fromEntries(documents),
      replicas,
    });
    if (text === this.#text) return this.#writing;
    this.#text = text;
    const done = this.#writing.then(() => this.#replace(text));
    this.#writing = done.catch(() => {});
    return done;
  }

  async #replace(text: string): Promise<void> {
    await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
    await replaceFile(`${this.directory}/${NAME}`, text, 0o600);
  }
}
