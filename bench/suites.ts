import { fproxy, fproxyWorkers } from "./rivals/fproxy.ts";
import { haproxy } from "./rivals/haproxy.ts";
import { nginxHttp } from "./rivals/nginx_http.ts";
import { nginxStream } from "./rivals/nginx_stream.ts";
import { atRest, atRestWithApps } from "./scenarios/at_rest.ts";
import { bulk } from "./scenarios/bulk.ts";
import { closingRequests } from "./scenarios/closing_requests.ts";
import { firstRequest } from "./scenarios/first_request.ts";
import { idleConnections } from "./scenarios/idle_connections.ts";
import { newConnections } from "./scenarios/new_connections.ts";
import { requests } from "./scenarios/requests.ts";
import { roundTrips } from "./scenarios/round_trips.ts";
import { smallMessages } from "./scenarios/small_messages.ts";
import { warmUp } from "./scenarios/warm_up.ts";
import type { Suite } from "./suite.ts";

/** Everything that can be measured. Memory comes first in a suite: it is looked at in a fresh process. */
export const suites: readonly Suite[] = [
  {
    name: "tcp",
    reference: "haproxy",
    furtherReferences: ["haproxy-log"],
    rivals: [
      haproxy({ name: "haproxy" }),
      haproxy({ name: "haproxy-log", hasLog: true }),
      haproxy({ name: "haproxy-splice", splice: "auto" }),
      haproxy({ name: "haproxy-splice-always", splice: "always" }),
      nginxStream({ name: "nginx" }),
      nginxStream({ name: "nginx-log", hasLog: true }),
      fproxy("deno"),
      fproxy("epoll"),
    ],
    scenarios: [
      idleConnections,
      smallMessages,
      newConnections,
      bulk(1),
      bulk(8),
      roundTrips,
      warmUp,
      firstRequest,
    ],
  },
  {
    name: "http",
    reference: "nginx-http",
    furtherReferences: ["nginx-http-log"],
    rivals: [
      nginxHttp(false),
      nginxHttp(true),
      haproxy({ name: "haproxy-http", mode: "http" }),
      fproxy("deno", "http"),
      fproxy("epoll", "http"),
      fproxy("deno", "fanout"),
      fproxy("epoll", "fanout"),
    ],
    scenarios: [requests, closingRequests, warmUp, firstRequest],
  },
  {
    name: "rest",
    reference: "haproxy-2-threads",
    rivals: [
      haproxy({ name: "haproxy-2-threads", threads: 2 }),
      nginxStream({ name: "nginx-2-workers", workers: 2 }),
      fproxyWorkers(2),
      fproxyWorkers(8),
    ],
    scenarios: [atRest, atRestWithApps],
  },
];
