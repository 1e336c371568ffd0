"""The content security policy: everything from this address, nothing inline, nothing evaluated."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from zhangfa.web.events import events_url

RULES = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def policy(request: HttpRequest) -> str:
    """The header for this request; the only other address in it is the event stream's."""
    stream = urlsplit(events_url(request))
    connect = f"'self' {stream.scheme}://{stream.netloc}" if stream.netloc else "'self'"
    return "; ".join(f"{name} {value}" for name, value in {**RULES, "connect-src": connect}.items())


class ContentSecurityPolicy:
    """Adds the header to every response that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(request))
        return response
