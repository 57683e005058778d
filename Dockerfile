# Builds fproxy and puts it, alone, into an image without shell or package manager. BUILD=compiled (the default) makes one
# executable, for which Deno fetches a runtime from dl.deno.land; BUILD=portable uses the Deno of the builder instead.
ARG BUILD=compiled

FROM denoland/deno:2.9.6 AS builder
ARG BUILD
WORKDIR /build
# The packages are a layer of their own: they change less often than the code.
COPY deno.json deno.lock ./
RUN ["deno", "install"]
COPY main.ts ./
COPY scripts ./scripts
COPY src ./src

FROM builder AS compiler
RUN ["deno", "task", "compile", "--build", "compiled"]

FROM builder AS layout
RUN ["deno", "task", "image-root"]

FROM gcr.io/distroless/cc-debian12:nonroot AS compiled
COPY --from=compiler /build/fproxy /usr/local/bin/fproxy
# Needs `admin: { listen: "127.0.0.1:9901" }` in the config, or another address after --admin.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/fproxy", "health", "--timeout", "2s"]
ENTRYPOINT ["/usr/local/bin/fproxy"]

FROM gcr.io/distroless/cc-debian12:nonroot AS portable
COPY --from=layout /build/image-root/ /
ENV DENO_DIR=/tmp/deno DENO_NO_UPDATE_CHECK=1
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/deno", "run", "--no-config", "--no-remote", "--unstable-net", "--unstable-worker-options", "--no-prompt", "--allow-net", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-write", "--allow-run", "--v8-flags=--expose-gc,--max-semi-space-size=4,--invocation-count-for-maglev=50,--invocation-count-for-turbofan=600", "/usr/local/lib/fproxy/main.js", "health", "--timeout", "2s"]
ENTRYPOINT ["/usr/local/bin/deno", "run", "--no-config", "--no-remote", "--unstable-net", "--unstable-worker-options", "--no-prompt", "--allow-net", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-write", "--allow-run", "--v8-flags=--expose-gc,--max-semi-space-size=4,--invocation-count-for-maglev=50,--invocation-count-for-turbofan=600", "/usr/local/lib/fproxy/main.js"]

FROM ${BUILD}
USER nonroot
# Only a hint: the config says where fproxy listens. 9901 is for an admin server.
EXPOSE 8080 9901
CMD ["--config", "/etc/fproxy/config.yaml"]
