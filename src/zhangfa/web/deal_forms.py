"""The forms of deals: a new one, and its plain details."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhangfa.records.models import Competitor, Deal, Person, Product

from .customer_forms import Choice, amount, sellers, text


def day(label: Any) -> forms.DateField:
    """A day that may be left out."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class NewDealForm(forms.Form):
    """1.2.1 A chance to sell."""

    title = text(_("Deal title"), 160, needed=True, autocomplete="off")
    amount = amount(_("Expected value"))
    product = Choice(Product, _("Product"))
    expected_on = day(_("Expected to be won on"))
    owner = Choice(Person, _("Owner"))

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.order_by("name")
        if person.has("supervisor", "director"):
            self.fields["owner"].queryset = sellers(person)
        else:
            del self.fields["owner"]


class DealForm(forms.Form):
    """The plain details of a deal."""

    title = text(_("Deal title"), 160, needed=True, autocomplete="off")
    amount = amount(_("Expected value"))
    product = Choice(Product, _("Product"))
    expected_on = day(_("Expected to be won on"))
    next_step = text(_("Next step"), 160)
    next_on = day(_("Next step on"))
    competitor = Choice(Competitor, _("Competitor"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.order_by("name")
        self.fields["competitor"].queryset = Competitor.objects.order_by("name")

    @classmethod
    def of(cls, deal: Deal) -> DealForm:
        """The form as the deal is now."""
        return cls(initial={name: getattr(deal, name) for name in cls.base_fields})
