"""What stands around every page: who reads it, when, in which language, and where they may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from zhangfa.records.prepared import Prepared

from . import figures

THEMES = ("auto", "light", "dark")
SELLING = ("seller", "supervisor", "director")


@dataclass(frozen=True)
class Place:
    """An entry of the sidebar: its URL name, its words, its icon, its letter after G.

    `roles` are those it is shown to, everybody when empty; `also` are URL names that belong to it.
    """

    name: str
    label: Any
    icon: str
    letter: str
    group: Any = ""
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.name)


APPRAISAL = gettext_lazy("Appraisal")
POLICY = gettext_lazy("Policy")
COMPANY = gettext_lazy("Company")

PLACES = (
    Place("today", gettext_lazy("Today"), "sun", "t"),
    Place("customers", gettext_lazy("Customers"), "building-2", "c", also=("customer",)),
    Place(
        "pipeline", gettext_lazy("Pipeline"), "square-kanban", "p", roles=SELLING, also=("deal",)
    ),
    Place(
        "contracts",
        gettext_lazy("Contracts & orders"),
        "signature",
        "o",
        roles=(*SELLING, "legal", "finance", "technical", "production", "logistics"),
        also=("contract", "orders", "order", "receivables"),
    ),
    Place(
        "tickets",
        gettext_lazy("After-sales"),
        "life-buoy",
        "a",
        roles=(*SELLING, "technical", "product", "production", "logistics", "service"),
        also=("ticket",),
    ),
    Place(
        "scorecards",
        gettext_lazy("My scorecard"),
        "gauge",
        "s",
        APPRAISAL,
        roles=SELLING,
        also=("scorecard",),
    ),
    Place(
        "channel_report",
        gettext_lazy("Channels & grades"),
        "megaphone",
        "r",
        APPRAISAL,
        roles=SELLING,
        also=("grade_test",),
    ),
    Place("team", gettext_lazy("Team board"), "chart-column-big", "d", APPRAISAL),
    Place(
        "policy",
        gettext_lazy("Clauses & parameters"),
        "scroll-text",
        "y",
        POLICY,
        also=("clause", "whatif"),
    ),
    Place("calendar", gettext_lazy("Working calendar"), "calendar-days", "k", POLICY),
    Place(
        "imports",
        gettext_lazy("Import"),
        "file-up",
        "i",
        COMPANY,
        roles=("supervisor", "director", "administrator", "policy_officer"),
        also=("import",),
    ),
    Place(
        "people",
        gettext_lazy("People"),
        "users",
        "m",
        COMPANY,
        roles=("administrator", "hr"),
        also=("person",),
    ),
)
TABS = ("today", "customers", "pipeline", "scorecards")
OTHERWISE_TABS = ("today", "customers", "contracts", "tickets")


def now_of(request: HttpRequest) -> datetime:
    """The moment of this request: read once, the same for everything on the page."""
    if not hasattr(request, "now"):
        request.now = timezone.now()
    return request.now


@lru_cache(64)
def waiting_for(roles: tuple[str, ...]) -> Prepared:
    """One row: what is due by a moment (to 200), and the unread notices (to 100)."""
    from zhangfa.records.models import Notice, Owed, Person

    def build(person: int, now: datetime, ends: datetime) -> Any:
        owed = Owed.objects.owed_by(Person(pk=person, roles=list(roles)))
        owed = owed.doable(now).begun(now).awake(now).filter(due__lte=ends)
        unread = Notice.objects.filter(person=person, read_at=None).order_by().values("pk")[:100]
        return Person.objects.filter(pk=person).values_list(
            ArraySubquery(owed.order_by().values("due")[:200]), ArraySubquery(unread)
        )

    return Prepared(build, person=int, now=datetime, ends=datetime)


@dataclass
class Frame:
    """What `base.html` needs; `request.frame` of the context processor."""

    request: HttpRequest
    person: Any
    now: datetime

    @property
    def language(self) -> str:
        return figures.language()

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("theme", "auto")
        return chosen if chosen in THEMES else "auto"

    @cached_property
    def nav(self) -> tuple[Place, ...]:
        """The entries this person sees, in order."""
        if self.person is None:
            return ()
        held = set(self.person.roles)
        return tuple(p for p in PLACES if not p.roles or held & set(p.roles))

    @cached_property
    def tabs(self) -> list[Place]:
        """Four of them for the phone; the middle slot is the quick log."""
        shown = {place.name: place for place in self.nav}
        wanted = TABS if "pipeline" in shown else OTHERWISE_TABS
        return [shown[name] for name in wanted if name in shown][:4]

    @cached_property
    def here(self) -> str:
        """The name of the entry that this page belongs to."""
        match = self.request.resolver_match
        name = match.url_name if match else ""
        for place in PLACES:
            if name == place.name or name in place.also:
                return place.name
        return ""

    @cached_property
    def waiting(self) -> tuple[list[datetime], int]:
        """What is due by tonight, and how many notices are unread (to 100). One query."""
        if self.person is None:
            return [], 0
        ends = timezone.localtime(self.now).replace(hour=23, minute=59, second=59)
        told = waiting_for(tuple(self.person.roles)).rows(
            person=self.person.pk, now=self.now, ends=ends
        )
        dues, notices = told[0] if told else ([], [])
        return dues, len(notices)

    @property
    def unread(self) -> int:
        """How many notices wait to be read; 100 stands for more."""
        counted = getattr(self.request, "unread", None)  # a page that has counted them already
        return self.waiting[1] if counted is None else counted

    @property
    def badges(self) -> dict[str, tuple[int, bool]]:
        """Counts beside entries with whether they are pressing."""
        if hasattr(self.request, "badges"):
            return self.request.badges
        dues = self.waiting[0]
        return {"today": (len(dues), any(due < self.now for due in dues))} if dues else {}

    @property
    def words(self) -> dict[str, str]:
        """The sentences of app.js, still with their places."""
        return {
            "late": gettext("late %(span)s"),
            "days": gettext("%(days)sd %(hours)sh"),
            "hours": gettext("%(hours)sh %(minutes)sm"),
            "minutes": gettext("%(minutes)sm"),
            "moved": gettext("%(name)s: moved to %(lane)s"),
            "failed": gettext("That did not work. Nothing was changed; please try again."),
            "kept": gettext("Kept on this device. It will be sent when you are back on line."),
            "sent": gettext("Your note was sent."),
            "refused": gettext("A note kept on this device was refused."),
            "waiting": gettext("Notes waiting to be sent: %(n)s"),
        }


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` and `now` for every template."""
    person = getattr(request, "user", None)
    if person is not None and not person.is_authenticated:
        person = None
    moment = now_of(request)
    return {"frame": Frame(request, person, moment), "now": moment}
