"""People, the team tree with dated membership, layers, leave and deputies."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from .base import RecordQuerySet
from .scope import scope_of

ROLES = (
    "seller",
    "supervisor",
    "director",
    "legal",
    "finance",
    "technical",
    "product",
    "production",
    "logistics",
    "service",
    "hr",
    "policy_officer",
    "administrator",
)


def during(on: date, prefix: str = "") -> Q:
    """The condition that a half-open dated row is valid on a day."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": on})
    )


class Team(models.Model):
    """A node of the sales department's tree; `path` lists the ids from the root, `/1/4/`."""

    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="teams")
    path = models.CharField(max_length=200, default="", db_index=True, editable=False)
    code = models.CharField(max_length=60, blank=True, default="")

    def __str__(self) -> str:
        return self.name

    def place(self) -> Team:
        """Save the team with the path that its parent gives it."""
        self.save()
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        self.save(update_fields=["path"])
        return self


class PersonQuerySet(RecordQuerySet):
    owner_path = "pk"

    def with_role(self, role: str) -> Self:
        return self.filter(roles__contains=[role], is_active=True)

    def sellers(self) -> Self:
        return self.filter(roles__contains=["seller"])


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields) -> Person:
        person = self.model(username=username, **fields)
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser):
    """Somebody who works here. Their role decides what they do, their team who sees it."""

    story = "person"
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = ["name"]

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    number = models.CharField(max_length=40, blank=True, default="")
    title = models.CharField(max_length=80, blank=True, default="")
    roles = ArrayField(models.CharField(max_length=20), default=list)
    language = models.CharField(max_length=10, default="zh-hans")
    bonus_base = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    initials = models.CharField(max_length=40, blank=True, default="")
    imported_by = models.ForeignKey(
        "records.ImportRun", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(roles__contained_by=list(ROLES)), name="person_roles_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"person/{self.pk}"

    @property
    def owing(self) -> int:
        return self.pk

    about_customer = None

    def get_short_name(self) -> str:
        return self.name

    def has(self, *roles: str) -> bool:
        """Whether the person holds one of these roles."""
        return any(role in self.roles for role in roles)

    def leads(self, other_id: int | None) -> bool:
        """Whether the other is in this person's subtree (never oneself)."""
        return other_id != self.pk and scope_of(self).covers(other_id)

    def team_on(self, day: date) -> Team | None:
        spell = self.memberships.filter(during(day)).select_related("team").first()
        return spell.team if spell else None

    def layer_on(self, day: date) -> str | None:
        spell = self.layers.filter(during(day)).first()
        return spell.layer if spell else None

    def supervisor_on(self, day: date) -> Person | None:
        """The lead of the person's team, or of the nearest team above that somebody else leads."""
        team = self.team_on(day)
        while team is not None:
            lead = (
                Membership.objects.filter(during(day), team=team, lead=True)
                .exclude(person=self)
                .select_related("person")
                .first()
            )
            if lead:
                return lead.person
            team = team.parent
        return None


class MembershipQuerySet(models.QuerySet):
    def on(self, day: date) -> Self:
        return self.filter(during(day))

    def led_by(self, person: Person | int) -> Self:
        """Memberships, past ones too, in the teams that the person leads now, and below."""
        roots = self.model.objects.filter(person=person, lead=True, ends_on=None)
        place = ExpressionWrapper(OuterRef("team__path"), output_field=models.CharField())
        above = roots.annotate(place=place).filter(place__startswith=F("team__path"))
        return self.filter(Exists(above))


class Membership(models.Model):
    """Who belonged to which team, and when; half-open."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    lead = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="membership_dates"
            )
        ]


class LayerSpell(models.Model):
    """Newcomer, mature seller or supervisor (2.1.2), by dated assignment; half-open."""

    class Layer(models.TextChoices):
        NEWCOMER = "newcomer"
        MATURE = "mature"
        SUPERVISOR = "supervisor"

    person = models.ForeignKey(Person, models.CASCADE, related_name="layers")
    layer = models.CharField(max_length=12, choices=Layer.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on"]


class Leave(models.Model):
    """Approved leave (0.1): its days are not worked; the deputy is named to others (0.7)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="leaves")
    starts_on = models.DateField()
    ends_on = models.DateField()
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="leave_dates")
        ]
