import { conformance } from "./suite.ts";

conformance("epoll");
