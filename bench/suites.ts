import { fproxy } from "./rivals/fproxy.ts";
import { haproxy } from "./rivals/haproxy.ts";
import { nginxStream } from "./rivals/nginx_stream.ts";
import { bulk } from "./scenarios/bulk.ts";
import { idleConnections } from "./scenarios/idle_connections.ts";
import { newConnections } from "./scenarios/new_connections.ts";
import { roundTrips } from "./scenarios/round_trips.ts";
import { smallMessages } from "./scenarios/small_messages.ts";
import type { Suite } from "./suite.ts";

/** Everything that can be measured. Memory comes first in a suite: it is looked at in a fresh process. */
export const suites: readonly Suite[] = [
  {
    name: "tcp",
    reference: "haproxy",
    rivals: [haproxy, nginxStream, fproxy("deno"), fproxy("epoll")],
    scenarios: [idleConnections, smallMessages, newConnections, bulk(1), bulk(8), roundTrips],
  },
];
