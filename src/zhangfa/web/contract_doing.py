"""What moves a contract: another wording, handing in, two reviews, the signature (1.3.1-1.3.4)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from zhangfa.actions import contracts as actions
from zhangfa.actions.action import Invalid, NotNow
from zhangfa.records.models import Order, Person

from .context import now_of
from .contract_forms import DraftForm, SignForm
from .contract_page import answer, seen
from .doors import door, said

REVIEW = {"legal": actions.review_legally, "finance": actions.review_financially}


@door
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.1 Another wording, while the draft is with its author."""
    contract = seen(request, pk)
    if not actions.edit_draft.may(request.user, contract):
        raise PermissionDenied
    posted = request.method == "POST"
    if contract.status not in ("drafting", "returned") and not posted:
        messages.error(request, gettext("Only a draft that is with its author can be changed."))
        return redirect("contract", contract.pk)
    form = DraftForm.of(contract, *([request.POST] if posted else []))
    if posted and form.is_valid():
        try:
            actions.edit_draft(contract, by=request.user, at=now_of(request), **form.told())
            return redirect("contract", contract.pk)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, said(error))
    context = {"form": form, "contract": contract}
    return render(request, "contracts/draft.html", context, status=422 if posted else 200)


@door
@require_POST
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.2 Hand the draft in: both reviews begin at once."""
    contract = seen(request, pk)
    named = {role: _person(request.POST.get(role, "")) for role in actions.REVIEWS}
    try:
        actions.submit_draft(contract, by=request.user, at=now_of(request), **named)
    except Invalid as error:
        return _refused(request, contract, error)
    return answer(request, contract, gettext("Handed in. Legal and finance review it now."))


def _person(pk: str) -> Person | None:
    if not pk.isdigit():
        return None
    return Person.objects.filter(pk=pk, is_active=True).first()


def _refused(request: HttpRequest, contract: Any, error: Invalid) -> HttpResponse:
    """The page again, with the refusal at its field and what was typed."""
    told = said(error)
    shown = {"errors": {error.field: told}, "given": request.POST}
    return answer(request, contract, told, status=422, **shown)


@door
@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.2, 1.3.3 Approve with the whole checklist, or return with findings."""
    contract, given = seen(request, pk), request.POST
    role, approve = given.get("role", ""), given.get("verdict") == "approve"
    if role not in REVIEW:
        raise Http404
    findings, checked = given.get("findings", ""), given.getlist("checked")
    told = {"approve": approve, "findings": findings, "checked": checked}
    try:
        REVIEW[role](contract, by=request.user, at=now_of(request), **told)
    except Invalid as error:
        return _refused(request, contract, error)
    word = gettext("Approved.") if approve else gettext("Returned to its author.")
    return answer(request, contract, word)


@door
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft is taken back for good."""
    contract = seen(request, pk)
    actions.withdraw_contract(contract, by=request.user, at=now_of(request))
    return answer(request, contract, gettext("The contract is withdrawn; no review is owed."))


@door
@require_http_methods(["GET", "POST"])
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.4 Signed: the order, its line, its credit and its receivables appear with it."""
    contract = seen(request, pk)
    if not actions.sign_contract.may(request.user, contract):
        raise PermissionDenied
    posted = request.method == "POST"
    if contract.status != "approved":
        refused = gettext_noop("A contract is signed once legal and finance have approved it.")
        if posted:
            raise NotNow(refused)
        messages.error(request, gettext(refused))
        return redirect("contract", contract.pk)
    form = SignForm(*([request.POST] if posted else []), contract=contract)
    if posted and form.is_valid():
        order = _sign(request, contract, form)
        if order is not None:
            return redirect("order", order.pk)
    context = {"form": form, "contract": contract}
    return render(request, "contracts/sign.html", context, status=422 if posted else 200)


def _sign(request: HttpRequest, contract: Any, form: SignForm) -> Order | None:
    """The order, or None where the form now says what is wrong."""
    told = form.cleaned_data
    if Order.objects.filter(number=told["order_number"]).exists():
        error = gettext("There is an order %(number)s already.")
        form.add_error("number", error % {"number": told["order_number"]})
        return None
    try:
        done = actions.sign_contract(
            contract,
            by=request.user,
            at=now_of(request),
            shares=form.shares() or None,
            promised_on=told["promised_on"],
            order_number=told["order_number"],
        )
    except Invalid as error:
        form.add_error(error.field if error.field == "shares" else None, said(error))
        return None
    return done.record


urlpatterns = [
    path("<int:pk>/draft/", draft, name="contract_draft"),
    path("<int:pk>/submission/", submission, name="contract_submission"),
    path("<int:pk>/review/", review, name="contract_review"),
    path("<int:pk>/withdrawal/", withdrawal, name="contract_withdrawal"),
    path("<int:pk>/signature/", signature, name="contract_signature"),
]
