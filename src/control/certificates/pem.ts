const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s[\s\S]+?-----END \1-----/g;
/** What is a private key: PKCS #8 (RFC 7468 section 10), and the older forms of RSA and of elliptic curves. */
const KEY_LABEL = /^(?:RSA |EC )?PRIVATE KEY$/;

/** The blocks of a PEM file (RFC 7468) that matter here, each as text. What stands between them is no part of them. */
export interface PemBlocks {
  readonly certificates: readonly string[];
  readonly keys: readonly string[];
  /** It has a key that is encrypted. */
  readonly hasEncryptedKey: boolean;
}

/** Finds them. */
export function pemBlocks(text: string): PemBlocks {
  const blocks = [...text.matchAll(BLOCK)].map(([block, label = ""]) => ({ block, label }));
  const of = (wanted: (label: string) => boolean): string[] =>
    blocks.filter(({ label }) => wanted(label)).map(({ block }) => `${block}\n`);
  const isEncrypted = ({ block, label }: { readonly block: string; readonly label: string }): boolean =>
    label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: 4,ENCRYPTED/m.test(block);
  return {
    certificates: of((label) => label === "CERTIFICATE"),
    keys: of((label) => KEY_LABEL.test(label)),
    hasEncryptedKey: blocks.some(isEncrypted),
  };
}
