/** What begins and ends a block. */
const MARKER = /-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----/g;
/** What is a private key: PKCS #8 (RFC 7468 section 10), and the older forms of RSA and of elliptic curves. */
const KEY_LABEL = /^(?:RSA |EC )?PRIVATE KEY$/;

/** The blocks of a PEM file (RFC 7468) that matter here, each as text. What stands between them is no part of them. */
export interface PemBlocks {
  readonly certificates: readonly string[];
  readonly keys: readonly string[];
  /** It has a key that is encrypted. */
  readonly hasEncryptedKey: boolean;
}

interface Block {
  readonly block: string;
  readonly label: string;
}

/** Finds them, in linear time. */
export function pemBlocks(text: string): PemBlocks {
  const blocks = allBlocks(text);
  const of = (wanted: (label: string) => boolean): string[] =>
    blocks.filter(({ label }) => wanted(label)).map(({ block }) => `${block}\n`);
  const isEncrypted = ({ block, label }: Block): boolean =>
    label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: 4,ENCRYPTED/m.test(block);
  return {
    certificates: of((label) => label === "CERTIFICATE"),
    keys: of((label) => KEY_LABEL.test(label)),
    hasEncryptedKey: blocks.some(isEncrypted),
  };
}

/** A block ends with the next marker: one that is not closed before another begins is none. */
function allBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let beginAt = -1;
  let beginLabel = "";
  for (const { 0: marker, 1: kind, 2: label = "", index } of text.matchAll(MARKER)) {
    const isBegin = kind === "BEGIN";
    if (!isBegin && beginAt >= 0 && label === beginLabel) {
      blocks.push({ block: text.slice(beginAt, index + marker.length), label });
    }
    beginAt = isBegin ? index : -1;
    beginLabel = label;
  }
  return blocks;
}
