"""What all our doors share: who asks, refusals as answers, htmx parts beside a toast."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from zhangfa.actions.action import Invalid, NotAllowed, NotNow
from zhangfa.policy import term

from . import figures

View = Callable[..., HttpResponse]


def said(error: Any) -> str:
    """A refusal in the reader's language; its parameters may be keys of the glossary."""
    params = {name: _told(name, value) for name, value in error.params.items()}
    text = gettext(error.msgid)
    return text % params if params else text


def _told(name: str, value: Any) -> Any:
    """A state is told by its word."""
    return term(str(value), figures.language()) if name == "state" else value


def toast(request: HttpRequest, text: str, *, tone: str = "", undo: str = "", **more: Any) -> str:
    """A toast as a part of an htmx answer."""
    told = {"text": text, "tone": tone, "undo": undo, **more}
    return render_to_string("today/toast.html", told, request)


def refusing(view: View) -> View:
    """Show what an action refuses as a toast; nothing has changed then."""

    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as error:
            return HttpResponse(toast(request, said(error), tone="bad"), status=403)
        except (NotNow, Invalid) as error:
            return HttpResponse(toast(request, said(error), tone="bad"), status=422)

    return seen


def door(view: View) -> View:
    """A page for people who are signed in, with refusals shown."""
    return login_required(refusing(view))
