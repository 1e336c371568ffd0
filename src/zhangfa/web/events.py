"""Where an open page finds the event stream."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def events_url(request: HttpRequest) -> str:
    """The stream's address: ZHANGFA_EVENTS_URL, or the port beside ours on the same host."""
    if settings.EVENTS_URL:
        return str(settings.EVENTS_URL)
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    shown = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{shown}:{settings.EVENTS_PORT}/events"


def address(request: HttpRequest) -> dict[str, str]:
    """Context processor: `events_url` for the script that listens."""
    return {"events_url": events_url(request)}
