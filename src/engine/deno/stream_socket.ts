/** What a connection needs of its socket. `Deno.TcpConn` and `Deno.TlsConn` have it. */
export interface StreamSocket {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.NetAddr;
  /** Resolves to the number of bytes read, null at the peer's end. One call at a time. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Resolves to the number of bytes taken; they must stay in place until then. One call at a time. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends our direction; reading goes on. */
  closeWrite(): Promise<void>;
  /** Frees the descriptor at once: what is under way is rejected. Once. */
  close(): void;
}
