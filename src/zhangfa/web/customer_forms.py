"""The forms of customers: what may be typed, and in which words it is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhangfa.policy import term
from zhangfa.records.models import Campaign, Channel, Contact, Customer, Person

from . import figures

RATING = {"min": 0, "max": 100, "inputmode": "numeric"}


class Choice(forms.ModelChoiceField):
    """One of a few records, or none."""

    def __init__(self, model: Any, label: Any, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(model._base_manager.none(), label=label, empty_label="—", **options)


class ChannelChoice(Choice):
    """A channel by its name and its kind."""

    def label_from_instance(self, channel: Channel) -> str:
        kind = term(f"channel.{channel.kind}", figures.language())
        return channel.name if channel.name == kind else f"{channel.name} · {kind}"


def text(label: Any, most: int, *, needed: bool = False, **attrs: Any) -> forms.CharField:
    """A line of text."""
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=most, required=needed, widget=widget)


def whole(label: Any, low: int, high: int, help_text: Any = "") -> forms.IntegerField:
    """A whole number that may be left out."""
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, required=False, help_text=help_text
    )


def amount(label: Any, help_text: Any = "") -> forms.DecimalField:
    """An amount in the company's currency that may be left out."""
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        required=False,
        help_text=help_text,
    )


class DetailsForm(forms.Form):
    """1.1.4 What is known of a customer."""

    name = text(_("Customer name"), 160, needed=True, autocomplete="off")
    short_name = text(_("Short name"), 60)
    industry = text(_("Industry"), 60, list="industries")
    country = text(_("Country or region"), 60)
    city = text(_("City"), 60)
    address = text(_("Address"), 240)
    phone = text(_("Phone"), 60, inputmode="tel")
    website = text(_("Website"), 200)
    credit_code = text(_("Unified social credit code"), 18)
    demand = text(_("Demand tendency"), 240)
    purchase_cycle_months = whole(_("Purchase cycle in months"), 1, 120)
    headcount = whole(_("People employed"), 0, 10_000_000)
    annual_purchase = amount(_("Yearly purchases of our kind"))
    annual_revenue = amount(_("Yearly revenue"))
    channel = ChannelChoice(Channel, _("Source channel"))
    campaign = Choice(Campaign, _("Campaign"))

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["channel"].queryset = Channel.objects.order_by("kind", "name")
        self.fields["campaign"].queryset = Campaign.objects.order_by("-starts_on")


class CustomerForm(DetailsForm):
    """A new customer, with the seller's first answers and the first contact."""

    owner = Choice(Person, _("Owner"))
    intent = whole(_("Intent, 0 to 100"), 0, 100, _("How much they want to buy, as you see it."))
    contact_name = text(_("Contact name"), 80)
    contact_title = text(_("Position"), 80)
    contact_phone = text(_("Phone of the contact"), 60, inputmode="tel")

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        if person.has("supervisor", "director"):
            self.fields["owner"].queryset = sellers(person)
        else:
            del self.fields["owner"]


def sellers(person: Any) -> Any:
    """The sellers whom a lead may give customers to."""
    return Person.objects.visible_to(person).sellers().filter(is_active=True).order_by("name")


class RatingForm(forms.Form):
    """1.1.5 The seller's rated answers, from which the grade follows."""

    intent = whole(_("Intent, 0 to 100"), 0, 100, _("How much they want to buy, as you see it."))
    industry_potential = whole(_("Industry potential, 0 to 100"), 0, 100)
    budget_known = forms.BooleanField(label=_("The budget is known"), required=False)
    decision_maker_met = forms.BooleanField(label=_("The decision maker was met"), required=False)

    @classmethod
    def of(cls, customer: Customer) -> RatingForm:
        """The form as the customer is rated now."""
        return cls(initial={name: getattr(customer, name) for name in cls.base_fields})


class ContactForm(forms.Form):
    """A person at the customer."""

    name = text(_("Contact name"), 80, needed=True, autocomplete="off")
    title = text(_("Position"), 80)
    phone = text(_("Phone"), 60, inputmode="tel")
    email = forms.EmailField(label=_("E-mail"), max_length=160, required=False)
    decides = forms.BooleanField(label=_("Decides"), required=False)
    consent = forms.BooleanField(label=_("Agreed that we keep these details"), required=False)

    @classmethod
    def of(cls, contact: Contact) -> ContactForm:
        """The form as the contact is now."""
        return cls(initial={name: getattr(contact, name) for name in cls.base_fields})
