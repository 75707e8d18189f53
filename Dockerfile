# The kit in one small image: the engine simulator, the load test and the command line. Simulated replicas run from it.
# No `# syntax=` line: it would pull a frontend image, and nothing here needs one.
FROM python:3.13.9-slim-trixie AS venv
COPY requirements/kit.lock /tmp/kit.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/kit.lock \
 # pip has done its work, nothing downloads weights in here, and packages bring tests of their own: without all that
 # the image is smaller and harder to misuse
 && /venv/bin/pip uninstall --yes hf-xet pip \
 && find /venv -type d -name tests -prune -exec rm -r {} +

FROM python:3.13.9-slim-trixie
RUN useradd --uid 10001 --user-group --home-dir /app --no-create-home --shell /usr/sbin/nologin sglbox
COPY --from=venv /venv /venv
WORKDIR /app
COPY compose/ compose/
COPY nginx/ nginx/
COPY generator/ generator/
COPY simulator/ simulator/
COPY loadtest/ loadtest/
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["python", "-m", "generator", "--help"]
