"""The quick log (4.2): two taps and a sentence, from anywhere; sent twice it counts once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhangfa.actions import customers, duties
from zhangfa.actions.action import Invalid
from zhangfa.answers import search
from zhangfa.records.models import Customer, Deal

from .context import now_of
from .doors import door, toast


@door
@require_POST
def log(request: HttpRequest) -> HttpResponse:
    """Note a call, visit, message, meeting or word about a customer or a deal."""
    customer, deal = _about(request)
    outcome = customers.log_activity(
        customer,
        by=request.user,
        at=now_of(request),
        kind=request.POST.get("kind", "note"),
        text=request.POST.get("note", ""),
        deal=deal,
        next_step=request.POST.get("next_step", ""),
        draft_key=request.POST.get("key", "")[:40],
    )
    undo = ""
    if duties.undoable(outcome.lines):
        undo = f"{reverse('undo')}?lines={','.join(str(line.pk) for line in outcome.lines)}"
    told = gettext("Noted for %(name)s.") % {"name": customer.short}
    return HttpResponse(toast(request, told, undo=undo, target="#worklist"))


def _about(request: HttpRequest) -> tuple[Customer, Deal | None]:
    """What the note is about: as chosen, or the one customer that the typed name means."""
    story, _, pk = request.POST.get("about", "").partition("/")
    if story == "deal" and pk.isdigit():
        deal = Deal.objects.visible_to(request.user).filter(pk=pk).select_related("customer")
        if found := deal.first():
            return found.customer, found
    if story == "customer" and pk.isdigit():
        customer = Customer.objects.visible_to(request.user).filter(pk=pk).first()
        if customer:
            return customer, None
    typed = request.POST.get("about_name", "")
    hits = search.customers(request.user, typed, most=2) if typed.strip() else []
    if len(hits) == 1:
        return hits[0], None
    if hits:
        raise Invalid("about", "Several customers fit “%(name)s”: choose one.", name=typed)
    raise Invalid("about", "Choose the customer this is about.")


urlpatterns = [path("", log, name="log")]
