"""Today's list of 50 obligations in Jinja2 and in Django's own templates: CPU per page part.

Both call the same Python functions for chip, tile and icon and give the same rows; the Django
version is written the quick way, with simple tags and an include per row, and once more with the
row written into the loop. Run: python benchmarks/template_language.py
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

os.environ.setdefault("ZHANGFA_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")

import django

django.setup()

from django.template import Context, Engine, Library  # noqa: E402
from django.template.loader import get_template  # noqa: E402

from zhangfa.web import showing, symbols  # noqa: E402
from zhangfa.web.jinja import url  # noqa: E402

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=ZoneInfo("Asia/Shanghai"))
ROUNDS = 60

register = Library()
register.simple_tag(showing.due, name="due")
register.simple_tag(showing.grade, name="grade")
register.simple_tag(lambda kind, size: showing.icon(symbols.symbol(kind), size), name="kind_icon")
register.simple_tag(showing.icon, name="icon")
register.simple_tag(url, name="address")

JINJA = """{% from "macros/obligations.html" import obligation %}<ul>{% for row in rows %}
{{ obligation(
row, now, row.title, clause_id="1.4.2", clause_text="24 h", ref=row.ref, ref_url="#", done_url="#")
}}{% endfor %}</ul>"""
ROW = """{% load i18n %}<li class="ob" id="ob{{ row.pk }}" data-row tabindex="-1">
<button type="button" class="ck" data-key="e" aria-label="{% blocktranslate with what=row.title %}Done: {{ what }}{% endblocktranslate %}" hx-post="#" hx-target="#worklist" hx-swap="outerMorph">{% icon "check" 12 %}</button>
{% due row now %}{% grade row.customer.grade %}
<div class="tt">{% kind_icon row.kind 15 %}<a class="what" href="#">{{ row.title }}</a><a class="cu" href="{% address "customer" row.customer.pk %}">{{ row.customer.short_name }}</a></div>
<div class="meta"><span class="m-c">{% grade row.customer.grade "sm" %}{{ row.customer.short_name }}</span><a class="clause ell" href="{% address "clause" "1.4.2" %}">24 h</a><a class="ref ell link" href="#">{{ row.ref }}</a></div></li>"""  # noqa: E501


def rows(count: int = 50) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            pk=i,
            kind="ticket_response",
            title=f"首次响应 {i}",
            ref=f"S-{i}",
            due=NOW + timedelta(minutes=17 * i - 60),
            customer=SimpleNamespace(
                pk=i, name="恒越精密机械", short_name="恒越精密", grade="ABC"[i % 3]
            ),
        )
        for i in range(count)
    ]


def cost(render: Callable[[], str]) -> tuple[float, int]:
    """Median CPU milliseconds of a rendering, and the length of what came out."""
    text = render()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        render()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken), len(text)


def main() -> None:
    every = {"rows": rows(), "now": NOW}
    page = get_template("base.html").backend.env.from_string(JINJA)
    include = '<ul>{% for row in rows %}{% include "row" %}{% endfor %}</ul>'
    loop = f"<ul>{{% for row in rows %}}{ROW.replace('{% load i18n %}', '')}{{% endfor %}}</ul>"
    engine = Engine(
        libraries={"i18n": "django.templatetags.i18n"},
        loaders=[("django.template.loaders.locmem.Loader", {"row": ROW})],
    )
    engine.template_builtins.append(register)
    with_include = engine.from_string(include)
    in_loop = engine.from_string("{% load i18n %}" + loop)
    results = {
        "Jinja2, a macro per row": lambda: page.render(every),
        "Django, an include per row": lambda: with_include.render(Context(every)),
        "Django, written into the loop": lambda: in_loop.render(Context(every)),
    }
    base = 0.0
    for name, render in results.items():
        spent, length = cost(render)
        base = base or spent
        print(f"{name:32} {spent:6.2f} ms  x{spent / base:.2f}  {length} characters")


if __name__ == "__main__":
    main()
