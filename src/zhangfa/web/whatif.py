"""2.1.3 What another policy would have meant for a past quarter: a form, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from zhangfa.answers.whatif import whatif as ask
from zhangfa.policy import term
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Order
from zhangfa.rules.obligations import KINDS
from zhangfa.rules.policy import Reading, check
from zhangfa.rules.terms import Period, Span

from . import figures
from .context import now_of
from .doors import door
from .periods import period_name, period_of

LAYERS = ("mature", "newcomer", "supervisor")
DIMENSIONS = ("performance", "behaviour", "teamwork", "ability")
QUARTERS = 8
_OBLIGATIONS = {kind.key for kind in KINDS}
WHO = ("policy_officer", "director", "hr", "supervisor")


@dataclass
class Form:
    """What somebody wants to try, beside what is in force."""

    layer: str
    weights: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Metric, dimension, the weight in force, the weight to try."""
    bands: list[tuple[str, str, str]] = field(default_factory=list)
    """Number of the band, floor and factor to try; the lowest begins at 0."""
    kinds: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind, amount in force, unit."""
    kind: str = ""
    amount: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """The parameters that differ from those in force."""


def _form(given: Mapping[str, str], reading: Reading) -> Form:
    layer = given.get("layer", "")
    form = Form(layer if layer in LAYERS else LAYERS[0])
    _weights(form, given, reading)
    _bands(form, given, reading)
    _limit(form, given, reading)
    return form


def _weights(form: Form, given: Mapping[str, str], reading: Reading) -> None:
    """The metrics' weights; a dimension weighs what its metrics do."""
    place = f"card.{form.layer}.quarter"
    sums: dict[str, int] = dict.fromkeys(DIMENSIONS, 0)
    changed = False
    asked = given.get("layer") == form.layer
    for key in reading:
        start, _, metric = key.rpartition(".")
        dimension = reading.get(f"{metric}.dimension")
        if start != f"{place}.weights" or dimension is None:
            continue
        now = str(reading[key])
        text = given.get(f"w_{metric}", now).strip() if asked else now
        form.weights.append((metric, dimension, now, text))
        if not text.isdigit():
            form.errors[f"w_{metric}"] = gettext("A weight is a whole number from 0 to 100.")
            continue
        sums[dimension] += int(text)
        if text != now:
            form.values[key] = int(text)
            changed = True
    if changed:
        form.values |= {
            f"{place}.dimensions.{dimension}": weight
            for dimension, weight in sums.items()
            if reading.get(f"{place}.dimensions.{dimension}") is not None
        }


def _bands(form: Form, given: Mapping[str, str], reading: Reading) -> None:
    rows, changed = [], False
    for number, (floor, factor) in enumerate(reading["bonus.bands"]):
        pair = []
        for name, now in (("floor", floor), ("factor", factor)):
            text = given.get(f"{name}_{number}", "").strip() or figures.number(Decimal(now), 2)
            value = _decimal(text)
            if value is None:
                form.errors[f"{name}_{number}"] = gettext("This is not a number.")
                value = Decimal(now)
            pair.append((text, value))
            changed = changed or value != now
        rows.append([value for _, value in pair])
        form.bands.append((str(number), pair[0][0], pair[1][0]))
    if changed:
        form.values["bonus.bands"] = rows


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _limit(form: Form, given: Mapping[str, str], reading: Reading) -> None:
    """One time limit, in the unit that is in force."""
    spans = {
        key.removesuffix(".within"): reading[key]
        for key in reading
        if key.endswith(".within") and isinstance(reading[key], Span)
        and key.removesuffix(".within") in _OBLIGATIONS
    }  # fmt: skip
    form.kinds = [(kind, str(span.amount), span.unit) for kind, span in spans.items()]
    form.kind, form.amount = given.get("kind", ""), given.get("amount", "").strip()
    if not form.kind or form.kind not in spans:
        form.kind = ""
        return
    span = spans[form.kind]
    if not form.amount.isdigit() or not int(form.amount):
        form.errors["amount"] = gettext("A time limit is a whole number above zero.")
    elif int(form.amount) != span.amount:
        form.values[f"{form.kind}.within"] = f"{form.amount} {span.unit}"


def _checked(form: Form) -> Any:
    """The amended policy, if it is sound; what is wrong stands at its field."""
    amended = current_policy().amended(form.values)
    for problem in check(amended):
        text = gettext(problem.msgid)
        said = text % dict(problem.params) if problem.params else text
        place = _field_of(problem.key)
        form.errors[place] = f"{form.errors[place]} {said}" if place in form.errors else said
    return amended


def _field_of(key: str) -> str:
    if ".weights." in key:
        return f"w_{key.rpartition('.')[2]}"
    if key.startswith("card."):
        return "weights"
    return "bands" if key.startswith("bonus.") else "amount"


def _quarters(request: HttpRequest) -> list[Period]:
    """Quarters that are over and have something in them, newest first."""
    today = current_calendar().day(now_of(request))
    quarter, found = Period.containing("quarter", today).previous(), []
    first = Order.objects.order_by("signed_on").values_list("signed_on", flat=True).first()
    while first is not None and quarter.end > first and len(found) < QUARTERS:
        found.append(quarter)
        quarter = quarter.previous()
    return found


@door
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The form with what is in force; with something changed, what it would have meant."""
    if not request.user.has(*WHO):
        raise PermissionDenied
    quarters = _quarters(request)
    wanted = request.GET.get("period", "")
    chosen = period_of(wanted) if wanted else (quarters[0] if quarters else None)
    if chosen is None:
        return render(request, "whatif/page.html", {"quarters": [], "form": None, "found": None})
    form = _form(request.GET, current_policy().on(chosen.start))
    found = None
    if form.values and not form.errors:
        amended = _checked(form)
        if not form.errors:
            try:
                found = ask(request.user, chosen, amended, now_of(request))
            except ValueError:
                form.errors["period"] = gettext("Choose a period that is over.")
    context = {
        "quarters": [(each.label, period_name(each)) for each in quarters],
        "period": chosen,
        "period_name": period_name(chosen),
        "form": form,
        "layers": LAYERS,
        "found": found,
        "derived": ", ".join(term(kind, figures.language(), "short") for kind in found.derived)
        if found
        else "",
        "total": sum(int(text) for *_, text in form.weights if text.isdigit()),
    }
    return render(request, "whatif/page.html", context, status=422 if form.errors else 200)


urlpatterns = [path("", page, name="whatif")]
