import { fproxy } from "./rivals/fproxy.ts";
import { haproxy } from "./rivals/haproxy.ts";
import { nginxHttp } from "./rivals/nginx_http.ts";
import { nginxStream } from "./rivals/nginx_stream.ts";
import { bulk } from "./scenarios/bulk.ts";
import { closingRequests } from "./scenarios/closing_requests.ts";
import { idleConnections } from "./scenarios/idle_connections.ts";
import { newConnections } from "./scenarios/new_connections.ts";
import { requests } from "./scenarios/requests.ts";
import { roundTrips } from "./scenarios/round_trips.ts";
import { smallMessages } from "./scenarios/small_messages.ts";
import type { Suite } from "./suite.ts";

/** Everything that can be measured. Memory comes first in a suite: it is looked at in a fresh process. */
export const suites: readonly Suite[] = [
  {
    name: "tcp",
    reference: "haproxy",
    rivals: [haproxy("tcp"), nginxStream, fproxy("deno"), fproxy("epoll")],
    scenarios: [idleConnections, smallMessages, newConnections, bulk(1), bulk(8), roundTrips],
  },
  {
    name: "http",
    reference: "nginx-http",
    rivals: [
      nginxHttp,
      haproxy("http"),
      fproxy("deno", "http"),
      fproxy("epoll", "http"),
      fproxy("deno", "fanout"),
      fproxy("epoll", "fanout"),
    ],
    scenarios: [requests, closingRequests],
  },
];
