"""What changes a customer: its details, contacts, rating and grade, owner; losing it (1.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhangfa.actions import contacts
from zhangfa.actions import customers as actions
from zhangfa.actions.action import Invalid
from zhangfa.actions.deals import LOST_REASONS
from zhangfa.records.models import Contact, Customer

from . import customer_words
from .context import now_of
from .customer_forms import ContactForm, DetailsForm, RatingForm, sellers
from .customer_page import answer, seen
from .doors import door, said


def told(form: forms.Form) -> dict[str, Any]:
    """What a small form says; its first fault as Invalid, told in a toast."""
    if form.is_valid():
        return form.cleaned_data
    for name, errors in form.errors.items():
        label = str(form.fields[name].label) if name in form.fields else ""
        raise Invalid(name, "%(label)s: %(error)s", label=label, error=str(errors[0]))
    return {}


@door
@require_GET
def form(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A form of the page's right side, loaded when it is opened."""
    customer = seen(request, pk)
    if name not in FORMS:
        raise Http404(name)
    context = {"customer": customer, "name": name, **FORMS[name](request, customer)}
    return render(request, "customers/forms.html", context)


def _reasons() -> list[tuple[str, str]]:
    return [(key, customer_words.reason(key)) for key in LOST_REASONS]


FORMS: dict[str, Callable[[HttpRequest, Customer], dict[str, Any]]] = {
    "rating": lambda request, customer: {"form": RatingForm.of(customer)},
    "contact": lambda request, customer: {"form": ContactForm()},
    "owner": lambda request, customer: {"sellers": sellers(request.user)},
    "loss": lambda request, customer: {"reasons": _reasons()},
}


@door
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """1.1.4 What is known of the customer; each change is noted with old and new value."""
    customer = seen(request, pk)
    if not actions.edit_details.may(request.user, customer):
        raise PermissionDenied
    initial = {name: getattr(customer, name) for name in DetailsForm.base_fields}
    form = DetailsForm(request.POST or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_details(customer, by=request.user, at=now_of(request), **form.cleaned_data)
            return redirect("customer", customer.pk)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, said(error))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "customer": customer}
    return render(request, "customers/details.html", context, status=status)


@door
@require_POST
def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A person at the customer."""
    customer, form = seen(request, pk), ContactForm(request.POST)
    contacts.add_contact(customer, by=request.user, at=now_of(request), **told(form))
    return answer(request, customer, gettext("Contact added."))


@door
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: int, contact: int) -> HttpResponse:
    """The form of one contact, and what was changed in it."""
    customer = seen(request, pk)
    row = get_object_or_404(Contact, customer=customer, pk=contact)
    if request.method == "GET":
        context = {"customer": customer, "contact": row, "form": ContactForm.of(row)}
        return render(request, "customers/contact_form.html", context)
    values = told(ContactForm(request.POST))
    contacts.edit_contact(customer, by=request.user, at=now_of(request), contact=row, **values)
    return answer(request, customer, gettext("Contact changed."))


@door
@require_POST
def owner(request: HttpRequest, pk: int) -> HttpResponse:
    """4.4 Another owner, with open deals and tickets."""
    customer = seen(request, pk)
    chosen = request.POST.get("to", "")
    to = sellers(request.user).filter(pk=chosen).first() if chosen.isdigit() else None
    if to is None:
        raise Invalid("to", "Choose who takes the customer over.")
    reason = request.POST.get("reason", "")
    actions.hand_over(customer, by=request.user, at=now_of(request), to=to, reason=reason)
    return answer(request, customer, gettext("Handed to %(name)s.") % {"name": to.name})


@door
@require_POST
def rating(request: HttpRequest, pk: int) -> HttpResponse:
    """1.1.5 The seller's answers; the grade follows."""
    customer, values = seen(request, pk), told(RatingForm(request.POST))
    done = actions.rate_customer(customer, by=request.user, at=now_of(request), **values)
    text = gettext("Grade %(letter)s") % {"letter": done.record.grade}
    return answer(request, customer, text)


@door
@require_POST
def regrade(request: HttpRequest, pk: int) -> HttpResponse:
    """1.1.8 Grade again from the facts as they are."""
    customer = seen(request, pk)
    done = actions.grade_customer(customer, by=request.user, at=now_of(request))
    text = gettext("Grade %(letter)s") % {"letter": done.record.grade}
    return answer(request, customer, text)


@door
@require_POST
def loss(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer is lost, with a reason."""
    customer, reason = seen(request, pk), request.POST.get("reason", "")
    actions.lose_customer(customer, by=request.user, at=now_of(request), reason=reason)
    return answer(request, customer, gettext("Noted as lost."))


urlpatterns = [
    path("<int:pk>/forms/<slug:name>/", form, name="customer_form"),
    path("<int:pk>/details/", details, name="customer_details"),
    path("<int:pk>/contacts/", contact_new, name="customer_contacts"),
    path("<int:pk>/contacts/<int:contact>/", contact, name="customer_contact"),
    path("<int:pk>/owner/", owner, name="customer_owner"),
    path("<int:pk>/rating/", rating, name="customer_rating"),
    path("<int:pk>/grade/", regrade, name="customer_regrade"),
    path("<int:pk>/loss/", loss, name="customer_loss"),
]
