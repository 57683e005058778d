import { NativeBuffer, openLibc } from "./libc.ts";

const STDIN = 0;
/** man 2 ioctl_tty: the foreground process group of a terminal. */
const TIOCGPGRP = 0x540f;

/**
 * Whether this process is in the background of the terminal on its standard input: to read from it, or to change its
 * settings, would then stop the process (man 7 credentials, man 4 tty_ioctl). False where it cannot be told.
 */
export function isBackground(): boolean {
  const result = openLibc();
  if (!result.ok) return false;
  const { call } = result.libc;
  const group = new NativeBuffer(8);
  return call.ioctl(STDIN, BigInt(TIOCGPGRP), group.pointer) === 0 && group.words[0] !== call.getpgrp();
}
