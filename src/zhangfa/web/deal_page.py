"""One deal."""

from __future__ import annotations

from django.http import HttpRequest

from zhangfa.actions import deals as actions
from zhangfa.records.models import Competitor, Deal

from .context import now_of
from .placeholders import placeholder


def lose(request: HttpRequest, deal: Deal) -> None:
    """1.2.1 Lost, with the reason and the competitor that the form names."""
    chosen = request.POST.get("competitor", "")
    to = Competitor.objects.filter(pk=chosen).first() if chosen.isdigit() else None
    reason = request.POST.get("reason", "")
    actions.lose_deal(deal, by=request.user, at=now_of(request), reason=reason, competitor=to)


urlpatterns = [
    placeholder("<int:pk>/", "deal"),
    placeholder("new/", "deal_new"),
]
