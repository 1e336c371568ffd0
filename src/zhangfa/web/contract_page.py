"""One contract: where it stands, its two reviews with their clocks, its versions (1.3.1-1.3.4)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import contracts as actions
from zhangfa.actions import duties
from zhangfa.answers import contract as answers
from zhangfa.answers import timeline as timelines
from zhangfa.records.models import Contract, Owed, Person
from zhangfa.rules.obligations import KINDS

from . import customer_duties
from .context import now_of
from .customer_page import paged, shown_timeline
from .doors import door, toast

CLAUSES = {kind.key: kind.clause for kind in KINDS}
TONES = {"signed": "ok", "approved": "acc", "returned": "bad", "in_review": "warn"}
STATE_TONES = {"approved": "ok", "returned": "bad", "waiting": "warn"}


def seen(request: HttpRequest, pk: int) -> Contract:
    """The contract, if this person may see it; 404 otherwise."""
    return get_object_or_404(answers.found_for(request.user), pk=pk)


def context_of(
    request: HttpRequest, contract: Contract, *, asking: int = 0, error: str = "", **more: Any
) -> dict[str, Any]:
    """Everything the page and its parts show."""
    now, person = now_of(request), request.user
    found = answers.contract_page(contract, person, now)
    may = _may(person, contract, found)
    return {
        "page": found,
        "contract": contract,
        "customer": contract.customer,
        "may": may,
        "choices": _reviewers(contract) if may["submit"] else {},
        "checklist": actions.checklist_on(now),
        **shown_timeline(
            found.timeline,
            {contract.ref: contract.number},
            reverse("contract_timeline", args=[contract.pk]),
        ),
        "clauses": CLAUSES,
        "completes": duties.COMPLETE,
        "tones": TONES,
        "state_tones": STATE_TONES,
        "asking": asking,
        "error": error,
        "errors": {},
        "given": {},
        **more,
    }


def _may(person: Any, contract: Contract, found: answers.ContractPage) -> dict[str, Any]:
    """What this person finds to do on the page."""
    writes = actions.submit_draft.may(person, contract)
    leads = actions.sign_contract.may(person, contract)
    back = contract.status in ("drafting", "returned")
    waiting = [
        clock.role
        for clock in (found.now_round.clocks if found.now_round else [])
        if clock.state in ("waiting", "stopped")
    ]
    do = {"legal": actions.review_legally, "finance": actions.review_financially}
    return {
        "submit": writes and back,
        "edit": actions.edit_draft.may(person, contract) and back,
        "sign": leads and contract.status == "approved",
        "withdraw": leads and contract.status not in ("signed", "withdrawn"),
        "reviews": [role for role in waiting if do[role].may(person, contract)],
    }


def _reviewers(contract: Contract) -> dict[str, tuple[list[Person], int | None]]:
    """For each review: who could do it, and who did it the last time."""
    before = dict(
        contract.reviews.filter(round=contract.round).values_list("role", "reviewer")
        if contract.round
        else ()
    )
    people = Person.objects.filter(is_active=True, roles__overlap=list(actions.REVIEWS))
    able = list(people.exclude(pk=contract.owner_id).order_by("name"))
    return {
        role: ([each for each in able if each.has(role)], before.get(role))
        for role in actions.REVIEWS
    }


def answer(
    request: HttpRequest,
    contract: Contract,
    text: str = "",
    *,
    lines: tuple[Any, ...] = (),
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """After something was done: the parts of the page anew, with a toast that can undo it."""
    if not request.headers.get("HX-Request") and status == 200:
        return redirect("contract", contract.pk)
    context = context_of(request, seen(request, contract.pk), **shown)
    if not request.headers.get("HX-Request"):
        return render(request, "contracts/contract.html", context, status=status)
    parts = render_to_string("contracts/parts.html", context, request)
    undo = ""
    if duties.undoable(lines):
        ids = ",".join(str(line.pk) for line in lines)
        undo = f"{reverse('contract_undo', args=[contract.pk])}?lines={ids}"
    if text:
        parts += toast(
            request, text, undo=undo, target="#timeline", tone="bad" if status > 399 else ""
        )
    return HttpResponse(parts, status=status)


@door
@require_GET
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one contract."""
    return render(request, "contracts/contract.html", context_of(request, seen(request, pk)))


@door
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened before what is shown."""
    found, (until, skip) = seen(request, pk), paged(request)
    page = timelines.of_records(found.customer_id, [found.ref], until, skip=skip)
    context = shown_timeline(page, {}, reverse("contract_timeline", args=[pk]))
    return render(request, "customers/timeline_more.html", context)


def _owed(request: HttpRequest, contract: Contract) -> QuerySet[Owed]:
    return Owed.objects.visible_to(request.user).filter(story=contract.ref)


@door
@require_POST
def owed_done(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Complete what is owed about the contract, as on Today."""
    found = seen(request, pk)
    done = customer_duties.complete(request, _owed(request, found), owed)
    return answer(request, found, done.text, lines=done.lines, asking=done.asking, error=done.error)


@door
@require_POST
def owed_snooze(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Put aside what is owed; its deadline stays."""
    found = seen(request, pk)
    return answer(request, found, customer_duties.snooze(request, _owed(request, found), owed).text)


@door
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was just done here."""
    found = seen(request, pk)
    lines = [int(n) for n in request.GET.get("lines", "").split(",") if n.isdigit()]
    duties.undo(lines, by=request.user, at=now_of(request))
    return answer(request, found, gettext("Taken back."))


urlpatterns = [
    path("<int:pk>/", contract, name="contract"),
    path("<int:pk>/timeline/", timeline, name="contract_timeline"),
    path("<int:pk>/undo/", undo, name="contract_undo"),
    path("<int:pk>/owed/<int:owed>/completion/", owed_done, name="contract_owed_done"),
    path("<int:pk>/owed/<int:owed>/snooze/", owed_snooze, name="contract_owed_snooze"),
]
