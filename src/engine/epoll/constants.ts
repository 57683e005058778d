/**
 * Numbers of the Linux ABI, the same on x86-64 and arm64 (include/uapi of the kernel; the man pages name them).
 */

/** Error numbers (man 3 errno). */
export const Errno = {
  EPERM: 1,
  EINTR: 4,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EPIPE: 32,
  ENONET: 64,
  EPROTO: 71,
  ENOPROTOOPT: 92,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const;

/** Events and operations (man 2 epoll_ctl). */
export const Epoll = {
  IN: 0x1,
  PRI: 0x2,
  OUT: 0x4,
  ERR: 0x8,
  HUP: 0x10,
  RDHUP: 0x2000,
  /** Edge-triggered. The sign bit, since events are kept as 32-bit words. */
  ET: 1 << 31,
  ADD: 1,
  DEL: 2,
  MOD: 3,
  CLOEXEC: 0o2000000,
} as const;

/** Socket types, flags and options (man 2 socket, man 7 socket, man 7 tcp). */
export const Sock = {
  AF_INET: 2,
  AF_INET6: 10,
  STREAM: 1,
  NONBLOCK: 0o4000,
  CLOEXEC: 0o2000000,
  MSG_NOSIGNAL: 0x4000,
  SHUT_WR: 1,
  SOL_SOCKET: 1,
  SO_ERROR: 4,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_KEEPALIVE: 9,
  SO_LINGER: 13,
  SO_ACCEPTCONN: 30,
  SO_COOKIE: 57,
  SO_BUF_LOCK: 72,
  IPPROTO_TCP: 6,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: 4,
  TCP_KEEPINTVL: 5,
  TCP_KEEPCNT: 6,
  TCP_DEFER_ACCEPT: 9,
  TCP_INFO: 11,
  TCP_USER_TIMEOUT: 18,
  TCP_FASTOPEN: 23,
} as const;

/** `struct linger` that makes `close` send an RST and drop what is not sent yet: on, zero seconds (man 7 socket). */
export const LINGER_RESET = [1, 0] as const;

/** Flags and commands of other calls (man 2 splice, pipe, fcntl, eventfd, clock_gettime). */
export const Misc = {
  SPLICE_F_MOVE: 1,
  SPLICE_F_NONBLOCK: 2,
  O_NONBLOCK: 0o4000,
  O_CLOEXEC: 0o2000000,
  F_GETFD: 1,
  F_DUPFD_CLOEXEC: 1030,
  F_SETPIPE_SZ: 1031,
  EFD_NONBLOCK: 0o4000,
  EFD_CLOEXEC: 0o2000000,
  CLOCK_MONOTONIC: 1,
} as const;
