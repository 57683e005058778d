import type { NatsConnection, Subscription } from "@nats-io/transport-node";
import { type LoadDocument, loadDocument } from "../model/documents.ts";
import { keyOf, nameOf } from "./key_text.ts";

/** What nodes have to do, on a subject of each: it is worth nothing a moment later, so nothing keeps it. */
export class Loads {
  constructor(private readonly connection: NatsConnection, private readonly region: string) {}

  /** Tells what a node has to do; nothing happens while the servers cannot be reached. @returns how long that is, bytes. */
  publish(node: string, load: LoadDocument): number {
    const text = JSON.stringify(load);
    if (!this.connection.isClosed()) this.connection.publish(this.#subject(keyOf(node)), text);
    // Names of apps and numbers: nearly all of it is ASCII.
    return text.length;
  }

  /** Tells of what all nodes tell from now on. @returns stops it. */
  subscribe(onLoad: (node: string, load: LoadDocument) => void): () => void {
    const subscription: Subscription = this.connection.subscribe(this.#subject("*"), {
      callback: (error, message) => {
        const node = nameOf(message?.subject.split(".").at(-1) ?? "");
        if (error !== null || node === null) return;
        const load = loadDocument.safeParse(parsed(message.string())).data;
        if (load !== undefined) onLoad(node, load);
      },
    });
    return () => subscription.unsubscribe();
  }

  #subject(node: string): string {
    return `fproxy.${this.region}.load.${node}`;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
