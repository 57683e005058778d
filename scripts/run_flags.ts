/**
 * What the proxy is run with, everywhere: tasks, launcher and compiled program. It never prompts: what is not allowed
 * fails, with a message that says so. *
 * net: listeners, targets, DNS. read: configs. write: log files and unix sockets. env: `${NAME}` in configs. sys: the number of
 * processor cores, the system's DNS servers, and the host's name for syslog. ffi: the `epoll` engine's calls to libc.
 * run: health checks of type `exec`, which the config has to allow besides (`admin.allow_exec`); it opens nothing that ffi
 * had left closed, since libc starts programs, too.
 *
 * V8: `gc` is for `compactHeap`. Its space for new objects grows with each snapshot that a thread is sent, to 48 MB, and
 * never shrinks by itself. What a proxy does it does for each connection, so its code is compiled well after a few
 * calls, not after thousands: docs/performance.md.
 */
export const RUN_FLAGS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-env",
  "--allow-sys",
  "--allow-ffi",
  "--allow-write",
  "--allow-run",
  "--v8-flags=--expose-gc,--max-semi-space-size=4,--invocation-count-for-maglev=50,--invocation-count-for-turbofan=600",
];
