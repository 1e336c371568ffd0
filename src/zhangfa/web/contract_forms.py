"""The forms of contracts: a draft with its payment terms, and the signature."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhangfa.records.models import Contract, Deal, Person

from . import figures
from .customer_forms import Choice, amount, text
from .deal_forms import day

PARTS = 5  # parts of the payment terms that the form has room for
SHARERS = 3  # people who may share the credit of an order in the form
CURRENCIES = ("CNY", "USD", "EUR", "HKD", "TWD")


class DealChoice(Choice):
    """A deal by its title, its customer and its value."""

    def label_from_instance(self, deal: Deal) -> str:
        worth = figures.money(deal.amount, deal.currency)
        return f"{deal.title} · {deal.customer.short} · {worth}"


def long_text(label: Any, rows: int) -> forms.CharField:
    """A text of several lines that may be left out."""
    return forms.CharField(label=label, required=False, widget=forms.Textarea({"rows": rows}))


class TermsForm(forms.Form):
    """1.3.1 What a draft says; 1.3.3 its payment terms add up to the whole price."""

    title = text(_("Title"), 160, needed=True, autocomplete="off")
    amount = amount(_("Amount without VAT"))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c, c) for c in CURRENCIES])
    breach_terms = long_text(_("Liability for breach"), 2)
    terms = long_text(_("Other terms"), 4)

    def __init__(self, *args: Any, payment_terms: list[dict[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].required = True
        self.payment_terms_errors: list[str] = []
        known = list(payment_terms) or [{"label": "", "percent": 100, "days": 0}]
        for n in range(max(PARTS, len(known))):
            part = known[n] if n < len(known) else {}
            self._add_part(n, part)

    def _add_part(self, n: int, part: dict[str, Any]) -> None:
        percent = {"min_value": 0, "max_value": 100, "max_digits": 7, "decimal_places": 4}
        self.fields[f"label_{n}"] = text(_("What for"), 60)
        self.fields[f"percent_{n}"] = forms.DecimalField(
            label=_("Percent"), required=False, **percent
        )
        self.fields[f"days_{n}"] = forms.IntegerField(
            label=_("Days after signing"), required=False, min_value=0, max_value=3650
        )
        for name in ("label", "percent", "days"):
            self.fields[f"{name}_{n}"].initial = part.get(name)

    def parts(self) -> list[tuple[Any, Any, Any]]:
        """The bound fields of the payment terms, a row each."""
        count = sum(name.startswith("label_") for name in self.fields)
        names = ("label", "percent", "days")
        return [tuple(self[f"{name}_{n}"] for name in names) for n in range(count)]

    def payment_terms(self) -> list[dict[str, Any]]:
        """The rows that have a percentage, as the record keeps them."""
        found = []
        for n in range(len(self.parts())):
            label, percent, days = (
                self.cleaned_data.get(f"{name}_{n}") for name in ("label", "percent", "days")
            )
            if percent:
                found.append({"label": label, "percent": _plain(percent), "days": days or 0})
        return found

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the payment terms as a whole stands under them."""
        if field == "payment_terms":
            self.payment_terms_errors.append(str(error))
            return
        super().add_error(field, error)

    def told(self) -> dict[str, Any]:
        """What the action wants."""
        rows = {"label", "percent", "days"}
        kept = {k: v for k, v in self.cleaned_data.items() if k.rpartition("_")[0] not in rows}
        return {**kept, "payment_terms": self.payment_terms()}

    def clean(self) -> dict[str, Any]:
        """1.3.3 The percentages of the parts add up to 100."""
        cleaned = super().clean() or self.cleaned_data
        total = sum((Decimal(str(part["percent"])) for part in self.payment_terms()), Decimal(0))
        if total and total != 100:
            told = gettext("The parts add up to %(total)s%%, not to 100%%.")
            self.payment_terms_errors.append(told % {"total": figures.number(total)})
        return cleaned

    def is_valid(self) -> bool:
        return super().is_valid() and not self.payment_terms_errors


def _plain(percent: Decimal) -> int | str:
    """A whole percentage as a number, another as exact text: both survive JSON."""
    return int(percent) if percent == percent.to_integral_value() else str(percent.normalize())


class NewContractForm(TermsForm):
    """1.3.1 A draft from a deal."""

    deal = DealChoice(Deal, _("Deal"), required=True)
    number = text(_("Contract number"), 40, needed=True, autocomplete="off")

    def __init__(self, *args: Any, person: Any, deal: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ = Deal.objects.visible_to(person).filter(stage="contract")
        self.fields["deal"].queryset = open_.select_related("customer").order_by("title")
        chosen = open_.filter(pk=deal).first() if deal.isdigit() and len(deal) < 10 else None
        if chosen is not None:
            self.initial |= {"deal": chosen.pk, "title": chosen.title, "amount": chosen.amount}
            self.initial |= {"currency": chosen.currency, "number": _next_number(chosen, now)}


def _next_number(deal: Deal, now: datetime) -> str:
    """A number that is free: `H-260042`, then `H-260042-2`."""
    base = f"H-{figures.day_of(now):%y}{deal.pk:04d}"
    taken = Contract.objects.filter(number__startswith=base).count()
    return f"{base}-{taken + 1}" if taken else base


class DraftForm(TermsForm):
    """1.3.1 Another wording of a draft."""

    @classmethod
    def of(cls, contract: Contract, *args: Any) -> DraftForm:
        """The form as the draft is now."""
        names = ("title", "amount", "currency", "breach_terms", "terms")
        initial = {name: getattr(contract, name) for name in names}
        return cls(*args, initial=initial, payment_terms=contract.payment_terms)


class SignForm(forms.Form):
    """1.3.4 The signature: the order's number, the promised day, whose the credit is."""

    order_number = text(_("Order number"), 40, needed=True, autocomplete="off")
    promised_on = day(_("Promised delivery"))

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order_number"].initial = contract.number
        self.shares_errors: list[str] = []
        sellers = Person.objects.sellers().filter(is_active=True).order_by("name")
        for n in range(SHARERS):
            person = Choice(Person, _("Whose credit"))
            person.queryset = (sellers | Person.objects.filter(pk=contract.owner_id)).distinct()
            self.fields[f"person_{n}"] = person
            self.fields[f"share_{n}"] = forms.DecimalField(
                label=_("Percent"), required=False, min_value=0, max_value=100, decimal_places=4
            )
        self.fields["person_0"].initial, self.fields["share_0"].initial = contract.owner_id, 100

    def pairs(self) -> list[tuple[Any, Any]]:
        """The bound fields of the credit, a row each."""
        return [(self[f"person_{n}"], self[f"share_{n}"]) for n in range(SHARERS)]

    def shares(self) -> dict[Person, Decimal]:
        """Who is credited with how much; raises nothing, the action judges the sum."""
        found: dict[Person, Decimal] = {}
        for n in range(SHARERS):
            person = self.cleaned_data.get(f"person_{n}")
            share = self.cleaned_data.get(f"share_{n}")
            if person and share:
                found[person] = found.get(person, Decimal(0)) + share
        return found

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the shares as a whole stands under them."""
        if field == "shares":
            self.shares_errors.append(str(error))
            return
        super().add_error({"number": "order_number"}.get(field or "", field), error)
