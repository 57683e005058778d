# Builds one executable and puts it, alone, into an image without shell or package manager.
FROM denoland/deno:2.9.6 AS builder
WORKDIR /build
# The packages are a layer of their own: they change less often than the code.
COPY deno.json deno.lock ./
RUN ["deno", "install"]
COPY main.ts ./
COPY scripts ./scripts
COPY src ./src
RUN ["deno", "task", "compile"]

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=builder /build/fproxy /usr/local/bin/fproxy
USER nonroot
# Only a hint: the config says where fproxy listens. 9901 is for an admin server.
EXPOSE 8080 9901
# Needs `admin: { listen: "127.0.0.1:9901" }` in the config, or another address after --admin.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/fproxy", "health", "--timeout", "2s"]
ENTRYPOINT ["/usr/local/bin/fproxy"]
CMD ["--config", "/etc/fproxy/config.yaml"]
