# The program `ucks`, and nothing else: `docker build -t ucks . && docker run --rm --network host ucks run http://127.0.0.1:4566`
FROM rust:1-slim-bookworm AS build
ARG PROFILE=dist
WORKDIR /src
COPY . .
RUN cargo build --locked --profile "$PROFILE" --manifest-path suite/Cargo.toml --bin ucks
RUN if [ "$PROFILE" = dev ]; then out=debug; else out="$PROFILE"; fi; mkdir -p /out && cp "target/$out/ucks" /out/ucks && /out/ucks --version

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/ucks /usr/local/bin/ucks
# Reports and ledgers go to the folder that is mounted here.
WORKDIR /work
USER nonroot
ENTRYPOINT ["/usr/local/bin/ucks"]
CMD ["--help"]
