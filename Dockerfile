# Two stages: the wheel is built in one, and only what runs is in the other.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock requirements-dev.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes --target /libraries -r requirements.lock \
 && pip install --no-cache-dir --require-hashes -r requirements-dev.lock
COPY paperlark paperlark
COPY bot bot
COPY worker worker
COPY prompts prompts
COPY templates templates
COPY config config
RUN python -m hatchling build -t wheel -d /dist \
 && pip install --no-cache-dir --no-deps --no-index --target /libraries /dist/*.whl

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 paperlark && mkdir /data && chown paperlark /data
COPY --from=build /libraries /libraries
ENV PYTHONPATH=/libraries PYTHONUNBUFFERED=1 PAPERLARK_DATA_DIR=/data
USER paperlark
VOLUME /data
ENTRYPOINT ["python", "-m", "paperlark"]
CMD ["worker"]
