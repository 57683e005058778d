import { createHash } from "node:crypto";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** A file of the dashboard. */
export class Asset {
  readonly type: string;
  /** Weak, since it is that of the compressed file as well. */
  readonly etag: string;
  #gzipped: Promise<Uint8Array<ArrayBuffer>> | null = null;

  constructor(name: string, readonly text: string) {
    this.type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    this.etag = `W/"${createHash("sha256").update(text).digest("base64url")}"`;
  }

  /** Its text, compressed when it is first asked for. */
  gzipped(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#gzipped ??= new Response(
      new Response(this.text).body?.pipeThrough(new CompressionStream("gzip")),
    ).bytes();
  }
}

/** The files of the dashboard, which `deno task dashboard` makes. They are loaded when somebody first opens it. */
export class Assets {
  #files: Promise<ReadonlyMap<string, Asset>> | null = null;

  /** One of them, null where there is none of that name. */
  async get(name: string): Promise<Asset | null> {
    return (await (this.#files ??= load())).get(name) ?? null;
  }
}

async function load(): Promise<ReadonlyMap<string, Asset>> {
  const { default: files } = await import("./assets.json", { with: { type: "json" } });
  return new Map(Object.entries(files).map(([name, text]) => [name, new Asset(name, text)]));
}
