"""The Jinja2 environment of our pages: what every template may call without importing it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.html import json_script
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined
from jinja2.runtime import Context
from markupsafe import Markup

from . import drawing, figures, showing, symbols

FILTERS = {
    "ago": figures.ago,
    "date": figures.date_text,
    "human_span": figures.human_span,
    "money": figures.money,
    "money_exact": figures.money_exact,
    "number": figures.number,
    "percent": figures.percent,
    "term": showing.term,
    "when": figures.when,
}


@lru_cache(8192)
def _address(name: str, args: tuple[Any, ...], prefix: str) -> str:
    """A list of 50 rows asks for 100 addresses: they are worth remembering."""
    return reverse(name, args=args)


def url(name: str, /, *args: Any, **query: Any) -> str:
    """The address of a page; keyword arguments become its query: `url('customers', grade='A')`.

    Empty ones are left out. Raises NoReverseMatch for an unknown name.
    """
    kept = {key: value for key, value in query.items() if value not in (None, "", [])}
    asked = f"?{urlencode(kept, doseq=True)}" if kept else ""
    return _address(name, args, get_script_prefix()) + asked


def same_page(request: Any, **changes: Any) -> str:
    """This page's own query with some values changed; None takes one out. For sorts and pagers."""
    asked = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    return f"?{asked.urlencode()}"


def attributes(values: dict[str, Any] | None) -> Markup:
    """`{'hx-get': '/x', 'hidden': True}` as attributes, escaped; False and None are left out."""
    parts = []
    for name, value in (values or {}).items():
        if value is None or value is False:
            continue
        parts.append(
            Markup(" {}").format(name)
            if value is True
            else Markup(' {}="{}"').format(name.replace("_", "-"), value)
        )
    return Markup("").join(parts)


@lru_cache(16384)
def _words(language: str | None, text: str) -> Markup:
    """A sentence in the language that is active; two hundred of them make a page."""
    return Markup(gettext(text)) % {}  # noqa: S704  (ours)


def said(text: str, /, **values: Any) -> Markup:
    """`_()` of the templates: translated, with its `%(name)s` filled in and escaped."""
    if values:
        return Markup(gettext(text)) % values  # noqa: S704  (ours)
    return _words(get_language(), text)


class PlainCalls(Context):
    """Jinja's context, without looking three times whether a plain function wants it."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        if "jinja_pass_arg" in getattr(called, "__dict__", ()):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


GLOBALS = {
    **FILTERS,
    "attributes": attributes,
    "avatar": showing.avatar,
    "draw": drawing,
    "due": showing.due,
    "grade": showing.grade,
    "icon": showing.icon,
    "json_script": json_script,
    "language": figures.language,
    "same_page": same_page,
    "shape": showing.shape,
    "sprite": showing.sprite,
    "static": static,
    "symbol": symbols.symbol,
    "tone_of": showing.tone_of,
    "url": url,
}


def environment(**options: Any) -> Environment:
    """The environment for Django's Jinja2 backend: autoescaped, translated, strict about names."""
    options.setdefault("undefined", StrictUndefined)
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do"]
    env = Environment(**{**options, "autoescape": True})  # noqa: S701  (it is on)
    env.context_class = PlainCalls
    env.install_gettext_callables(
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(GLOBALS, _=said, gettext=said)
    env.filters.update(FILTERS)
    return env
