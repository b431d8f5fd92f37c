# The MCP server in a container, on stdio: docker run -i --rm IMAGE [--simulate]
# Credentials come from the container's surroundings (a RAM role, RRSA, or a mounted ~/.aliyun); none belongs in the image.
FROM python:3.13-slim

RUN useradd --create-home ecs-dr
WORKDIR /opt/ecs-dr
COPY requirements-build.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.lock \
    && pip install --no-cache-dir --require-hashes --no-deps --no-build-isolation --use-pep517 -r requirements.lock
COPY LICENSE README.md SKILL.md ./
COPY references references
COPY server server
ENV PYTHONPATH=/opt/ecs-dr/server PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER ecs-dr
ENTRYPOINT ["python", "-m", "ecs_dr", "serve"]
