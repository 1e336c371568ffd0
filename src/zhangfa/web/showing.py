"""Small pieces of markup that stand everywhere: icons, grades, due chips, avatars."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import lucide
from django.utils.translation import gettext
from markupsafe import Markup, escape

from . import figures

SOON = timedelta(hours=2)

# What every icon has in common is said once, in components.css under `.ic`.
_COMMON = re.compile(r' (xmlns|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[^"]*"')


@lru_cache(1024)
def icon(name: str, size: int = 16, label: str = "") -> Markup:
    """A lucide icon as inline SVG, hidden from screen readers unless it has a `label`.

    Raises lucide.IconDoesNotExist for an unknown name.
    """
    told = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    drawn = lucide._render_icon(name, size, **told, **{"class": "ic"})
    head, _, shape = drawn.partition(">")
    shape = " ".join(shape.split()).replace(" />", "/>").replace("> <", "><").strip()
    return Markup(f"{_COMMON.sub('', head)}>{shape}")  # noqa: S704  (drawn by the package)


@lru_cache(64)
def sprite(*names: str) -> Markup:
    """The shapes of icons that a list shows in every row, once: `shape` then refers to them."""
    drawn = []
    for name in names:
        inner = icon(name).partition(">")[2].removesuffix("</svg>")
        drawn.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return _markup(f'<svg width="0" height="0" aria-hidden="true">{"".join(drawn)}</svg>')


def shape(name: str, size: int = 16) -> Markup:
    """An icon whose shape stands in the page's sprite."""
    return _markup(
        f'<svg class="ic" width="{size}" height="{size}" aria-hidden="true">'
        f'<use href="#i-{name}"/></svg>'
    )


def grade(letter: str | None, size: str = "") -> Markup:
    """The tile of a customer's grade (1.1.3): weight, not hue, tells A from B from C.

    `size` is empty (20 px), `sm` (17 px) or `xl` (44 px).
    """
    return _tile((letter or "").upper(), size, figures.language())


@lru_cache(64)
def _tile(letter: str, size: str, tag: str) -> Markup:
    told = f"{letter} · {term(f'grade.{letter}')}" if letter else gettext("Not graded")
    return _markup(
        f'<span class="grade g{escape(letter) or "0"}{_and(size)}" title="{escape(told)}">'
        f"{escape(letter) or '–'}</span>"
    )


def tone_of(due: datetime, now: datetime) -> str:
    """late, soon (under two hours), today or far: the classes of a due chip."""
    left = due - now
    if left < timedelta(0):
        return "late"
    if left <= SOON:
        return "soon"
    return "today" if figures.day_of(due) == figures.day_of(now) else "far"


def due(owed: Any, now: datetime) -> Markup:
    """The chip that counts down to a deadline.

    `owed` has a `due` moment (and perhaps `provisional`), or is the moment itself. The text is
    rendered here; the page's one timer keeps it true from the server's clock.
    """
    moment = getattr(owed, "due", owed)
    if moment is None:
        return Markup("")
    left = (moment - now).total_seconds()
    text = figures.late_by(left) if left < 0 else figures.human_span(left)
    title = figures.date_text(moment, "moment")
    if getattr(owed, "provisional", False):
        title = gettext("%(moment)s, provisional: the calendar is not published yet") % {
            "moment": title
        }
    return _markup(
        f'<time class="due {tone_of(moment, now)}" datetime="{moment.isoformat()}" '
        f'data-due="{int(moment.timestamp())}" title="{escape(title)}">{escape(text)}</time>'
    )


def _short(name: str) -> str:
    """知远 for 林知远, LW for Lena Wolf: what fits into a round of 26 px."""
    bare = name.strip()
    if not bare:
        return "?"
    if ord(bare[-1]) > 0x2E80:
        return bare[-2:] if len(bare) > 2 else bare
    words = bare.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar(person: Any, size: str = "") -> Markup:
    """The round with a person's last two characters; its hue follows from the name.

    `person` has a `name` or is the name; `size` is empty (26 px), `sm` (20 px) or `lg` (40 px).
    """
    return _round(str(getattr(person, "name", person) or ""), size)


@lru_cache(4096)
def _round(name: str, size: str) -> Markup:
    return _markup(
        f'<span class="av h{sum(map(ord, name)) % 6}{_and(size)}" title="{escape(name)}" '
        f'aria-hidden="true">{escape(_short(name))}</span>'
    )


def _and(name: str) -> str:
    return f" {name}" if name else ""


def _markup(text: str) -> Markup:
    """Markup of ours: what comes from records was escaped where it was put in."""
    return Markup(text)  # noqa: S704


def term(key: str, form: str = "name") -> str:
    """The word of the policy for a key, in the reader's language (policy/glossary.toml)."""
    from zhangfa.policy import term as look_up

    return look_up(key, figures.language(), form)
