import { Misc } from "./constants.ts";
import { type Libc, openLibc } from "./libc.ts";

/** As many free numbers in a row end the search for a descriptor: the kernel gives out the lowest that is free. */
const MAX_FREE_IN_A_ROW = 4_096;

/** Found by trying, since Deno lets a program look into `/proc/self/fd` only with all permissions. */
export function openDescriptors(libc: Libc): number[] {
  const open: number[] = [];
  for (let descriptor = 0, free = 0; free < MAX_FREE_IN_A_ROW; descriptor++) {
    if (libc.call.fcntl(descriptor, Misc.F_GETFD, 0) < 0) {
      free++;
    } else {
      free = 0;
      open.push(descriptor);
    }
  }
  return open;
}

/** How many descriptors the process has open; null where the C library cannot be had. */
export function countDescriptors(): number | null {
  const opened = openLibc();
  return opened.ok ? openDescriptors(opened.libc).length : null;
}
