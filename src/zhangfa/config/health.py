"""`/healthz`: one answer for load balancers, the supervisor and people."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from zhangfa import __version__

WORKER_SILENT_SECONDS = 60


class HealthMiddleware:
    """Answers before any other middleware, so that a check needs no host, session or TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            found = health()
            return JsonResponse(found, status=200 if found["healthy"] else 503)
        return self.get_response(request)


def health() -> dict[str, Any]:
    """What works: database, migrations, worker, hub. `healthy` needs the first two.

    The worker and the hub may be down for a moment while the pages still serve.
    """
    found: dict[str, Any] = {"version": __version__}
    try:
        found["database"] = "ok"
        found["migrations"] = _migrations()
        found["worker"] = _worker()
    except DatabaseError as error:
        found["database"] = f"down: {str(error).splitlines()[0] if str(error) else 'no answer'}"
        found["migrations"] = found["worker"] = "unknown"
    found["hub"] = _hub()
    found["healthy"] = found["database"] == "ok" and found["migrations"] == "ok"
    return found


_up_to_date = False


def _migrations() -> str:
    """ok, or how many are missing; once ok it stays so while this process lives."""
    global _up_to_date
    if _up_to_date:
        return "ok"
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    missing = [key for key in loader.graph.nodes if key not in loader.applied_migrations]
    _up_to_date = not missing
    return "ok" if _up_to_date else f"{len(missing)} missing: zhangfa migrate"


def _worker() -> str:
    """When the worker was last heard of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch from now() - max(last_heartbeat)) FROM procrastinate_workers"
        )
        silent = cursor.fetchone()[0]
    if silent is None:
        return "none"
    return "ok" if silent < WORKER_SILENT_SECONDS else f"silent for {int(silent)} s"


def _hub() -> str:
    began = time.monotonic()
    address = f"http://127.0.0.1:{settings.EVENTS_PORT}/healthz"
    try:
        with urlopen(address, timeout=1) as answer:
            told = json.load(answer)
    except (URLError, OSError, ValueError):
        return "down"
    took = int((time.monotonic() - began) * 1000)
    return f"ok, {told['browsers']} browsers, {took} ms" if told.get("listening") else "deaf"
