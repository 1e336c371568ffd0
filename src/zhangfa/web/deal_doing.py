"""What moves a deal: stages, reports, proposals, questions, negotiation, winning, losing (1.2)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhangfa.actions import deal_details
from zhangfa.actions import deals as actions
from zhangfa.actions.action import Invalid, NotNow
from zhangfa.actions.may import sells
from zhangfa.answers import search
from zhangfa.policy import term
from zhangfa.records.models import Competitor, Customer, Proposal, Question

from . import customer_words, figures
from .context import now_of
from .deal_forms import DealForm, NewDealForm
from .deal_page import answer, lose, seen
from .doors import door, said


@door
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """1.2.1 A new deal of a customer, named by its id or by what was typed."""
    if not sells(request.user, None):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    customer, doubt = _customer(request, given)
    form = NewDealForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid() and customer is not None:
        known = {key: value for key, value in form.cleaned_data.items() if value is not None}
        try:
            made = actions.open_deal(customer, by=request.user, at=now_of(request), **known)
            return redirect("deal", made.record.pk)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, said(error))
        except NotNow as error:
            form.add_error(None, said(error))
    context = {"form": form, "customer": customer, "doubt": doubt, "typed": given.get("name", "")}
    status = 422 if request.method == "POST" else 200
    return render(request, "deals/new.html", context, status=status)


def _customer(request: HttpRequest, given: Any) -> tuple[Customer | None, str]:
    """The customer that is meant, or why it is not clear which."""
    seen_by = Customer.objects.visible_to(request.user).standing()
    if given.get("customer", "").isdigit():
        return get_object_or_404(seen_by, pk=given["customer"]), ""
    if request.method != "POST":
        return None, ""
    hits = search.customers(request.user, given.get("name", ""), most=5)
    if len(hits) == 1:
        return hits[0], ""
    if hits:
        names = ", ".join(each.short for each in hits)
        return None, gettext("Several customers fit: %(names)s.") % {"names": names}
    return None, gettext("No customer of yours has this name.")


@door
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Plain details; each change is noted."""
    deal = seen(request, pk)
    if not deal_details.edit_deal.may(request.user, deal):
        raise PermissionDenied
    form = DealForm(request.POST) if request.method == "POST" else DealForm.of(deal)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        values["amount"] = values["amount"] or Decimal(0)
        try:
            deal_details.edit_deal(deal, by=request.user, at=now_of(request), **values)
            return redirect("deal", deal.pk)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, said(error))
        except NotNow as error:
            form.add_error(None, said(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "deals/details.html", {"form": form, "deal": deal}, status=status)


@door
@require_POST
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.1 Into another stage, if its gate lets it."""
    deal, to = seen(request, pk), request.POST.get("to", "")
    actions.move_deal(deal, by=request.user, at=now_of(request), to=to)
    name = term(f"stage.{to}", figures.language())
    told = gettext("%(name)s: moved to %(lane)s") % {"name": deal.title, "lane": name}
    return answer(request, deal, told)


@door
@require_POST
def needs(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.3 The needs analysis."""
    deal, given = seen(request, pk), request.POST
    # a field named "matches" would hide a method of its form from the page's script
    told = {"pains": "pains", "matches": "fits", "services": "services"}
    told = {key: given.get(name, "") for key, name in told.items()}
    done = actions.report_needs(deal, by=request.user, at=now_of(request), **told)
    return answer(request, deal, gettext("The needs report is in."), lines=done.lines)


@door
@require_POST
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.4 A version of the solution was sent."""
    deal, given = seen(request, pk), request.POST
    amount = _amount(given.get("amount", ""))
    summary = given.get("summary", "")
    actions.send_proposal(deal, by=request.user, at=now_of(request), summary=summary, amount=amount)
    return answer(request, deal, gettext("The proposal is noted as sent."))


def _amount(typed: str) -> Decimal | None:
    """The amount typed, None for nothing. Raises Invalid for what is no amount."""
    if not typed.strip():
        return None
    try:
        amount = Decimal(typed.strip().replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 10**14:
        raise Invalid("amount", "This is no amount: write a number such as 128000.")
    return amount


@door
@require_POST
def contribution(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.4 Ask the technical or the product team for their part."""
    deal, department = seen(request, pk), request.POST.get("department", "")
    actions.ask_contribution(deal, by=request.user, at=now_of(request), department=department)
    return answer(request, deal, gettext("Asked. Their part is owed from now on."))


@door
@require_POST
def given(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """1.2.4 The asked department's part of a proposal."""
    deal, told = seen(request, pk), request.POST
    row = get_object_or_404(Proposal, deal=deal, pk=proposal)
    text = told.get("text", "").strip()
    if not text:
        raise Invalid("text", "Write down your part.")
    department = told.get("department", "")
    actions.give_contribution(
        row, by=request.user, at=now_of(request), department=department, text=text
    )
    return answer(request, deal, gettext("Your part is in."))


@door
@require_POST
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.7 A question of the customer; 48 hours begin."""
    deal, text = seen(request, pk), request.POST.get("text", "")
    actions.ask_question(deal, by=request.user, at=now_of(request), text=text)
    return answer(request, deal, gettext("The question is noted; its clock runs."))


@door
@require_POST
def reply(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """1.2.7 The answer that stops the clock."""
    deal = seen(request, pk)
    row = get_object_or_404(Question, deal=deal, pk=question)
    text = request.POST.get("answer", "")
    done = actions.answer_question(row, by=request.user, at=now_of(request), answer=text)
    return answer(request, deal, gettext("Answered."), lines=done.lines)


@door
@require_POST
def negotiation(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.10 A decision point, a concession, a competitor's move or an objection."""
    deal, told = seen(request, pk), request.POST
    kind, text = told.get("kind", ""), told.get("text", "")
    done = actions.log_negotiation(deal, by=request.user, at=now_of(request), kind=kind, text=text)
    return answer(request, deal, gettext("Noted in the negotiation."), lines=done.lines)


@door
@require_http_methods(["GET", "POST"])
def loss(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.1 Lost, with a reason; the form is loaded when it is opened."""
    deal = seen(request, pk)
    if request.method == "POST":
        lose(request, deal)
        return answer(request, deal, gettext("The deal is noted as lost."))
    context = {
        "deal": deal,
        "reasons": [(key, customer_words.reason(key)) for key in actions.LOST_REASONS],
        "competitors": Competitor.objects.order_by("name")[:200],
    }
    return render(request, "deals/loss.html", context)


@door
@require_POST
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost deal begins again in discovery."""
    deal = seen(request, pk)
    actions.reopen_deal(deal, by=request.user, at=now_of(request))
    return answer(request, deal, gettext("The deal begins again in discovery."))


@door
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """While a customer's name is typed: those that fit, for the field's list."""
    hits = search.customers(request.user, request.GET.get("name", ""), most=8)
    return render(request, "deals/names.html", {"hits": hits})


urlpatterns = [
    path("new/", new, name="deal_new"),
    path("names/", names, name="deal_names"),
    path("<int:pk>/details/", details, name="deal_details"),
    path("<int:pk>/stage/", stage, name="deal_stage"),
    path("<int:pk>/needs/", needs, name="deal_needs"),
    path("<int:pk>/proposals/", proposal, name="deal_proposals"),
    path("<int:pk>/contributions/", contribution, name="deal_contributions"),
    path("<int:pk>/proposals/<int:proposal>/part/", given, name="deal_part"),
    path("<int:pk>/questions/", question, name="deal_questions"),
    path("<int:pk>/questions/<int:question>/answer/", reply, name="deal_answer"),
    path("<int:pk>/negotiation/", negotiation, name="deal_negotiation"),
    path("<int:pk>/loss/", loss, name="deal_loss"),
    path("<int:pk>/reopening/", reopening, name="deal_reopening"),
]
