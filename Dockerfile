# The program with its models: docker build -t lmz . && docker run --rm -i lmz -c <FILE >FILE.lmz
FROM debian:12 AS build
COPY . /source
WORKDIR /source
RUN apt-get update && scripts/install_deps build && \
    cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
      -DLMZ_BUILD_TESTS=OFF -DLMZ_BUILD_PYTHON=OFF && \
    cmake --build /build && \
    DESTDIR=/root-of-program cmake --install /build --component program && \
    DESTDIR=/root-of-program cmake --install /build --component models

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libxxhash0 libutf8proc2 && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /root-of-program/ /
ENTRYPOINT ["lmz"]
