# orch in an image of its own: docker run --rm -v "$PWD:/work" orch distribute tasks.yaml
FROM rust:1.92-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY fixtures fixtures
COPY benches benches
RUN cargo build --release --locked --bin orch

FROM debian:bookworm-slim
COPY --from=build /src/target/release/orch /usr/local/bin/orch
# Nobody in particular; what is mounted at /work has to be readable for all.
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["orch"]
CMD ["--help"]
