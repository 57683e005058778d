/** Every limit of the program that is not a config key, with its unit and its reason. */

/** A command that no data thread acknowledged for this long is reported; the rollout goes on with the others. */
export const ACKNOWLEDGE_TIMEOUT_MS = 10_000;
/** First pause before a crashed data thread is replaced; it doubles from crash to crash. */
export const RESTART_DELAY_MIN_MS = 50;
/** Longest of these pauses. */
export const RESTART_DELAY_MAX_MS = 30_000;
/** A thread that lived this long is no longer counted as part of a crash loop. */
export const RESTART_STABLE_MS = 60_000;
/** First pause before a listener that could not be bound is tried again; it doubles. */
export const BIND_RETRY_MIN_MS = 500;
/** Longest of these pauses. */
export const BIND_RETRY_MAX_MS = 30_000;
/** A rollout waits this long for names that were never resolved before, then goes on without them. */
export const NAME_WAIT_MS = 1_000;
/** A name that the system resolved waits this long for DNS to tell its TTL. */
export const TTL_WAIT_MS = 200;
/** When one family's addresses of a name are known, the other's are waited for this long (RFC 8305 section 3). */
export const SECOND_FAMILY_WAIT_MS = 50;
/** A system that has not resolved a name by then is not waited for where DNS has answered. */
export const SYSTEM_WAIT_MS = 200;
/**
 * How long a DNS server has to answer a datagram when the list of servers is gone through the first time, and the second:
 * soon, since datagrams get lost and servers die, then long enough for one that has to ask others itself.
 */
export const DNS_TIMEOUTS_MS: readonly number[] = [800, 3_000];
/** It has this long over TCP, where an answer that was cut short is asked for again. */
export const DNS_TCP_TIMEOUT_MS = 3_000;
/** A DNS server that failed is asked after the others for this long, unless it answers before. */
export const DNS_PENALTY_MS = 30_000;
/** Most names that one may be an alias of in turn. */
export const MAX_CNAME_CHAIN = 16;
/** The hosts file and `resolv.conf` are read again when what is known of them is this old. */
export const NAME_FILES_MS = 5_000;
/** Most look-ups of names at once: each takes two sockets, and thousands at once would be lost on the way. */
export const MAX_LOOKUPS = 16;
/** Most names that the system is asked for at once: each takes a thread of the few that the runtime reads files with. */
export const MAX_SYSTEM_LOOKUPS = 16;
/** Most look-ups that are for names that failed the last time, so that those do not hold up the others. */
export const MAX_DOUBTFUL_LOOKUPS = 8;
/** Names whose addresses change within this time are told to the data threads together. */
export const CHANGE_GATHER_MS = 20;
/** Names without a known TTL (from the hosts file, say) are looked up this often. */
export const DEFAULT_TTL_MS = 30_000;
/**
 * Most names that answers are kept of. Of those that nobody uses any more the least recently used goes first; names in use
 * stay, however many they are.
 */
export const MAX_KEPT_NAMES = 1_000;
/** Most hosts of one service, the best ones. */
export const MAX_SERVICE_HOSTS = 1_000;
/** Board slots of removed parts are looked at this often, to be freed when their sessions ended. */
export const SLOT_SWEEP_MS = 1_000;
/** Control gives memory back so long after the last rollout, ... */
export const HEAP_COMPACTION_MS = 2_000;
/** ... or, where rollouts do not end, so long after the first, ... */
export const HEAP_COMPACTION_MAX_MS = 20_000;
/** ... where its heap has grown by as much since. */
export const HEAP_COMPACTION_MIN_BYTES = 8 * 1024 * 1024;
/** Access records wait this long in their thread at most, so that many share one message. */
export const ACCESS_FLUSH_MS = 100;
/** ... or until they reach this many bytes. */
export const ACCESS_FLUSH_BYTES = 262_144;
/**
 * Access records between the threads that made them and their reader, bytes: those on their way to control, those that
 * wait there, and those being written. What exceeds it is dropped and counted.
 */
export const ACCESS_BACKLOG_MAX_BYTES = 8 * 1024 * 1024;
/** Records of traced sessions on their way to control, bytes; what exceeds it is dropped and counted. */
export const TRACE_BACKLOG_MAX_BYTES = 8 * 1024 * 1024;
/** First pause before telemetry that could not be sent is sent again; it doubles, ... */
export const OTLP_RETRY_MIN_MS = 500;
/** ... up to this. */
export const OTLP_RETRY_MAX_MS = 5_000;
/** Longest pause that a receiver of telemetry may ask for. */
export const OTLP_RETRY_AFTER_MAX_MS = 300_000;
/** What is read of the answer of one, bytes. */
export const OTLP_ANSWER_MAX_BYTES = 64 * 1024;
/** Numbers of metrics in one request by OTLP. */
export const OTLP_POINTS_PER_REQUEST = 2_000;
/** While nothing of it comes, this is how often it is looked whether data threads dropped trace records. */
export const TRACE_CHECK_MS = 1_000;
/** While access records wait, this is how often it is looked whether data threads dropped some. */
export const ACCESS_CHECK_MS = 1_000;
/** A pipe that access records are to go to must be opened by its reader within this time. */
export const ACCESS_OPEN_MAX_MS = 2_000;
/** What cannot be written to a file, or sent to a syslog receiver, is tried again after this time, ... */
export const OUTPUT_RETRY_MIN_MS = 100;
/** ... and after twice the time each time, up to this. */
export const OUTPUT_RETRY_MAX_MS = 5_000;
/** A full log file that could not be renamed is tried again after this time. */
export const ROTATE_RETRY_MS = 30_000;
/** A syslog receiver must accept a connection within this time. */
export const SYSLOG_CONNECT_MAX_MS = 10_000;
/** The name of a syslog receiver by UDP is looked up again after this time. */
export const SYSLOG_NAME_MAX_AGE_MS = 60_000;
/** Longest syslog message with its newline, bytes, as rsyslog takes it; what exceeds it is cut off. */
export const SYSLOG_MESSAGE_MAX_BYTES = 8_192;
/** Log lines that wait for a slow reader of standard error, bytes; what exceeds it is dropped and counted. */
export const LOG_BACKLOG_MAX_BYTES = 1024 * 1024;
/** Small pieces that wait for the same place are written together, up to about this many bytes. */
export const OUTPUT_WRITE_BYTES = 65_536;
/** At its end the program waits this long for the readers of its logs, ... */
export const FINAL_FLUSH_MS = 2_000;
/** ... and this long when it was told to exit at once. */
export const HASTY_FLUSH_MS = 200;
/** First pause before an admin server that cannot listen, or failed, is tried again; it doubles. */
export const ADMIN_RETRY_MIN_MS = 100;
/** Longest of these pauses: a new version takes the address over this soon after the old one has gone. */
export const ADMIN_RETRY_MAX_MS = 5_000;
/** A thread that reached the connection cap looks this often whether it may accept again. */
export const CAP_RECHECK_MS = 20;
/** A draining session that moved bytes within this time is busy and is left alone until its last deadline. */
export const DRAIN_BUSY_MS = 1_000;
/** A data thread that has not ended this long after the longest `drain_timeout` hangs: the program exits without it. */
export const DRAIN_GRACE_MS = 10_000;
/** Descriptors kept back for everything that is not a session: runtime, files, admin, DNS. */
export const RESERVED_DESCRIPTORS = 128;
/** Descriptors of a data thread besides those of its listeners and sessions: event loop, wake-up, libraries (measured). */
export const THREAD_DESCRIPTORS = 8;
/** Share of the descriptors that idle connections to endpoints may take, all together. */
export const IDLE_DESCRIPTOR_SHARE = 0.25;
/**
 * Addresses of one target that a session is counted to try at once. More are under way only where that many do not answer
 * for `race_delay` each; such a session waits for a descriptor if need be.
 */
export const RACING_ADDRESSES = 4;
/** A session that found no descriptor for its target tries again this often. */
export const DESCRIPTOR_WAIT_MS = 50;
/** What every thread meets (failing accepts, the connection cap, TLS that fails) is logged at most this often in the whole process. */
export const REPEATED_LOG_INTERVAL_MS = 1_000;
/** The log says at most this often for each app that the script of its strategy failed. */
export const SCRIPT_LOG_INTERVAL_MS = 60_000;
/** Why TLS with clients fails is logged at most this often for each listener: the internet is full of clients that try. */
export const CLIENT_TLS_LOG_INTERVAL_MS = 60_000;
/** A PROXY header must be there whole so long after the accept. */
export const PROXY_HEADER_TIMEOUT_MS = 3_000;
/** Why clients are turned away for their PROXY headers is logged at most this often for each listener. */
export const CLIENT_PREFACE_LOG_INTERVAL_MS = 10_000;
/** From one line that says of a rule that it failed to the next one. */
export const RULE_LOG_INTERVAL_MS = 60_000;
/** A SIGINT or SIGTERM that follows another of its kind within this time is the same one, which came twice. */
export const SAME_SIGNAL_MS = 500;
/** How often each data thread is asked whether it still hears. */
export const PING_INTERVAL_MS = 5_000;
/** A thread that has not answered so many of these hangs: others take its listening sockets, ... */
export const HANG_NOTICE_PINGS = 2;
/** ... and after so many it is ended and replaced. */
export const HANG_KILL_PINGS = 6;
/** What a thread that was ended from outside owned is reclaimed after this. */
export const KILL_SETTLE_MS = 100;
/** References to environment variables may stand in defaults of others, this many within each other. */
export const REFERENCE_DEPTH_MAX = 8;
/** Environment variables add at most this many characters to a config, over all of its references. */
export const INTERPOLATED_MAX_CHARS = 8 * 1024 * 1024;
/** A certificate is tried with its key, by a handshake with itself, for this long at most. */
export const CERTIFICATE_TRIAL_TIMEOUT_MS = 10_000;
/** One for which that did not do is refused for this long, then tried again when its files are next read. */
export const CERTIFICATE_TIMEOUT_VERDICT_MS = 30_000;
/** Certificates of which is remembered how trying them went; more than there can be apps. */
export const CERTIFICATE_VERDICTS_MAX = 20_000;
/** A script makes its strategy and chooses once, for this long at most, ... */
export const SCRIPT_TRIAL_TIMEOUT_MS = 3_000;
/** ... in a thread that begins within this time. */
export const SCRIPT_TRIAL_START_MS = 30_000;
/** One for which that did not do is refused for this long, then tried again when it is next read. */
export const SCRIPT_TIMEOUT_VERDICT_MS = 30_000;
/** Scripts with their apps of which is remembered how trying them went. */
export const SCRIPT_VERDICTS_MAX = 20_000;
/** Longest chain of certificates, as the message that carries it: clients on rustls, the runtime's own too, take no more. */
export const CERTIFICATE_CHAIN_MAX_BYTES = 64 * 1024;
/** Apps, listeners and targets that a data thread takes over in one turn, between which it serves its traffic. */
export const MAX_PARTS_PER_TURN = 64;
/** A config for which the board has no room, since sessions of removed parts still run, is tried again this often. */
export const CONFIG_ROOM_RETRY_MS = 2_000;
/** Most targets that operators may have overridden at once. */
export const MAX_OVERRIDES = 10_000;
/** An override of a target that is gone from the config is kept for this long, in case the target comes back. */
export const GONE_OVERRIDE_MS = 24 * 3600 * 1000;
/** The ends of overrides are times of the wall clock: it is looked at no less often than this, since it may be set. */
export const OVERRIDE_CHECK_MS = 30_000;
/** Largest body of a request to the admin API. */
export const ADMIN_BODY_MAX_BYTES = 16 * 1024;
/** Most connections to the admin server at once. */
export const ADMIN_MAX_CONNECTIONS = 64;
/** Longest time for the head of a request to the admin server, the TLS handshake or the wait for it included. */
export const ADMIN_HEAD_MS = 10_000;
/** Longest time for the body of one. */
export const ADMIN_BODY_MS = 10_000;
/** A client of the admin server that takes nothing of its answer for this long is given up. */
export const ADMIN_STALL_MS = 30_000;
/** Longest pause before an admin server that cannot accept tries again. */
export const ADMIN_ACCEPT_RETRY_MAX_MS = 1_000;
/** When the admin server is full a connection keeps its place at least for this long: its request may be on its way. */
export const ADMIN_GRACE_MS = 10;
/** New connections to the admin server that may wait in the kernel for their turn. */
export const ADMIN_BACKLOG = 4096;
/** A file that holds a token is looked at again after this time. */
export const ADMIN_TOKEN_RECHECK_MS = 1_000;
/** `fproxy status --watch` looks this often. */
export const STATUS_WATCH_MS = 2_000;
/** A shell that completes a line waits for a running proxy for so long. */
export const COMPLETION_TIMEOUT_MS = 300;
/** `fproxy top` asks for the targets of an app that is chosen for so long. */
export const TOP_DETAIL_DELAY_MS = 150;
/** Longest wait of a request to the admin API for a rollout that it began. */
export const ADMIN_ROLLOUT_WAIT_MS = 20_000;
/** How often a command that waits for the last session of a target looks. */
export const DRAIN_WAIT_POLL_MS = 250;
/** How often control looks for targets that data threads ejected, or whose time out is over, ... */
export const EJECTION_CHECK_MS = 250;
/** ... and whether the count of ejected targets is right, which is wrong only where a thread died on it. */
export const EJECTION_RECOUNT_MS = 1_000;
/** How often the weight of a target that comes up slowly is raised; each time all threads work their targets out anew. */
export const SLOW_START_STEP_MS = 250;
/** How often control looks whether apps use all their targets, since too few are available, to say so in the log. */
export const FAIL_OPEN_CHECK_MS = 250;
/** Probes that are due within this time start together. */
export const PROBE_TICK_MS = 20;
/** First probes of new targets start this far apart, closer together where there are many for their interval. */
export const FIRST_PROBE_GAP_MS = 10;
/** Addresses of one target that a probe tries in turn, each for its share of the time. */
export const PROBED_ADDRESSES = 4;
/** Logged events that are kept for those who come later or were away. */
export const LIVE_EVENTS_KEPT = 1_000;
/** What may wait for one follower of events or access records; what exceeds it is dropped, counted and told. */
export const FOLLOWER_QUEUE_BYTES = 1024 * 1024;
/** A follower to whom there was nothing to tell for this long is sent a line without meaning, so that a dead one shows. */
export const FOLLOWER_HEARTBEAT_MS = 15_000;
/** Largest `rate` that a follower of access records may ask for, a second. */
export const LIVE_RATE_MAX = 100_000;
/** Intervals of samples are multiples of this, so that followers share them. */
export const SAMPLE_INTERVAL_STEP_MS = 500;
/** Most apps of which a follower of samples gets details. */
export const SAMPLE_DETAILS_MAX = 32;
/** Most followers of events, access records and samples at once, over all clients of the admin server. */
export const FOLLOWERS_MAX = 32;
/** A data thread that is asked for its sessions is waited for this long. */
export const SESSIONS_TIMEOUT_MS = 2_000;
/** Attempts of one session that its trace tells of, from the first on, besides the one that was taken. */
export const MAX_TRACED_ATTEMPTS = 64;
/** Full targets that a choice remembers to have passed over. */
export const MAX_TRACED_FULL = 256;
/** Targets of an app that the trace of a session lists. */
export const MAX_TRACED_CANDIDATES = 100;
/** Targets in configs of apps that are no longer in force, and kept in a data thread for traces alone. */
export const MAX_TRACED_OLD_TARGETS = 20_000;
/** Longest path in the trace of a request. */
export const MAX_TRACED_PATH_CHARS = 256;

/** What `warm_up: auto` is: after half of it the code of sessions is compiled, the rest is for what V8 does last. */
export const AUTO_WARM_UP_MS = 700;
/** Largest list of addresses that access rules name: 100,000 of the longest lines take half of it. */
export const ACCESS_LIST_MAX_BYTES = 16 * 1024 * 1024;
/** Rollouts that are remembered. */
export const ROLLOUTS_KEPT = 100;
/** Options, apps and targets that are kept of what a rollout changed. */
export const ROLLOUT_CHANGES_KEPT = 1_000;
/** Mistakes and warnings that are written to the disk of a rollout. */
export const ROLLOUT_DIAGNOSTICS_KEPT = 100;
/** Texts of configs that are held in memory, all together; without `state_dir` older ones cannot be shown. */
export const ROLLOUT_TEXTS_MEMORY_BYTES = 16 * 1024 * 1024;
/** Texts of configs in `state_dir`, all together; of more the oldest go. */
export const ROLLOUT_TEXTS_DISK_BYTES = 256 * 1024 * 1024;
/** A larger record of a rollout is not ours. */
export const ROLLOUT_RECORD_MAX_BYTES = 16 * 1024 * 1024;
/** Edits that a comparison of two texts looks for, lines; what differs in more is shown as a whole. */
export const TEXT_DIFF_MAX_EDITS = 1_000;
