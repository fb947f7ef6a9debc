# ringwatch in a container, nothing of it run as root:
#
#     docker build --tag ringwatch .
#     docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" ringwatch run DATA --out RUN --store none
FROM python:3.11.13-slim-bookworm

ENV OMP_WAIT_POLICY=PASSIVE NUMBA_CACHE_DIR=/opt/numba
WORKDIR /opt/ringwatch
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && /opt/venv/bin/uv pip sync --no-cache --python /opt/venv/bin/python --require-hashes --compile-bytecode requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY gnn gnn
COPY graph graph
COPY queries queries
RUN /opt/venv/bin/uv pip install --no-cache --python /opt/venv/bin/python --offline --no-deps --no-build-isolation \
        --compile-bytecode . \
    && useradd --create-home ringwatch
# on a processor like this one a run compiles next to nothing anew; on another, keep what it compiles with
# --volume ringwatch-numba:/opt/numba; with --read-only set NUMBA_CACHE_DIR to a folder that can be written
RUN /opt/venv/bin/ringwatch demo --folder /tmp/demo \
    && rm -r /tmp/demo \
    && chmod -R a+rwX /opt/numba

USER ringwatch
WORKDIR /work
ENTRYPOINT ["/opt/venv/bin/ringwatch"]
CMD ["--help"]
