"""Teams, people and products as an import brings them (2.1.2)."""

from __future__ import annotations

import re
from typing import Any

from zhangfa.records.models import LayerSpell, Membership, Person, Product, Team
from zhangfa.records.names import initials_of
from zhangfa.records.people import ROLES
from zhangfa.rules import facts

from .book import CREATED, LONG_AGO, UNCHANGED, UPDATED, Book, Unusable

NOT_PLAIN = re.compile(r"[^a-z0-9.@_-]+")
FIELDS = {"code": "number", "login": "username"}
"""What a file calls a field of a person, where ours has another name."""
LAYERS = {"seller": "mature", "supervisor": "supervisor"}
AUTHOR = "import-author"


def team(book: Book, row: Any) -> str:
    """A team and the one above it."""
    values = row.values
    found = book.find(Team, "code", values.get("code")) or book.find(Team, "name", values["name"])
    above = _team(book, values.get("parent"))
    if found is None:
        found = book.add(Team(name=values["name"], code=values.get("code") or "", parent=above))
        found.path = f"{above.path if above else '/'}{found.pk}/"
        return book.note(row.lines[0], "team", row.key, found, CREATED)
    return _changed(book, row, found, {"name": values["name"]})


def _team(book: Book, ref: Any) -> Any:
    if ref is None:
        return None
    return book.find(Team, ref.by, ref.value)


def person(book: Book, row: Any) -> str:
    """Somebody who works or worked there, with role, team and layer; nobody can sign in as them
    until they are given a password."""
    values = row.values
    found = (
        book.find(Person, "number", values.get("code"))
        or book.find(Person, "username", values.get("login"))
        or (None if values.get("code") else book.find(Person, "name", values["name"]))
    )
    given = {
        "name": values["name"],
        "number": values.get("code"),
        "email": values.get("email"),
        "phone": values.get("phone"),
        "title": values.get("title"),
        "joined_on": values.get("joined_on"),
        "left_on": values.get("left_on"),
    }
    role = values.get("role") or ""
    if role and role not in ROLES:
        raise Unusable("role", "There is no role %(role)s.", role=role)
    created = found is None
    before: dict[str, Any] = {}
    if created:
        found = make_person(book, values["name"], number=given["number"] or "")
        book.change(found, given)
    else:
        before = book.change(found, given)
    if role and role not in found.roles:
        before |= book.change(found, {"roles": [*found.roles, role]})
        book.say(found, facts.RoleStarted(role=role), book.now, by=book.by, owner=found.pk)
    _place(book, found, role, _team(book, values.get("team")), values.get("supervisor"))
    outcome = CREATED if created else UPDATED if before else UNCHANGED
    return book.note(row.lines[0], "person", row.key, found, outcome, before)


def make_person(book: Book, name: str, *, number: str = "", active: bool = True) -> Person:
    """An account without a password; its user name follows from the name."""
    base = NOT_PLAIN.sub("", name.lower().replace(" ", ".")) or initials_of(name) or "person"
    username, count = base[:70], 2
    while book.find(Person, "username", username) is not None:
        username, count = f"{base[:70]}{count}", count + 1
    made = Person(
        username=username,
        name=name,
        number=number,
        initials=initials_of(name)[:40],
        is_active=active,
    )
    made.set_unusable_password()
    return book.add(made)  # type: ignore[no-any-return]


def author(book: Book) -> Person:
    """Who did it where a file does not say: nobody who can sign in, so that nobody is judged."""
    found = book.find(Person, "username", AUTHOR)
    if found is None:
        found = make_person(book, AUTHOR, active=False)
    return found  # type: ignore[no-any-return]


def _place(book: Book, found: Person, role: str, where: Any, above: Any) -> None:
    """Membership and layer from the beginning, where there is none yet."""
    if book.is_new(found):
        since = found.joined_on or LONG_AGO
        if role in LAYERS:
            layer = LAYERS[role]
            book.add(LayerSpell(person=found, layer=layer, starts_on=since, ends_on=found.left_on))
        if where is not None:
            lead = role == "supervisor"
            book.add(
                Membership(
                    person=found, team=where, lead=lead, starts_on=since, ends_on=found.left_on
                )
            )
    if above is not None:
        book.authors.setdefault(f"above {found.pk}", above)


def finish_people(book: Book) -> None:
    """Who reports to somebody of another team: that team stands below theirs."""
    members: dict[int, Team] = {}
    for each in Membership.objects.filter(ends_on=None).select_related("team"):
        members.setdefault(each.person_id, book.get(Team, each.team_id))
    for each in book.new[Membership]:
        members.setdefault(each.person_id, each.team)
    moved = False
    for key, ref in list(book.authors.items()):
        if not key.startswith("above "):
            continue
        boss = book.find(Person, FIELDS.get(ref.by, ref.by), ref.value)
        own, theirs = members.get(int(key[6:])), members.get(boss.pk) if boss else None
        if own is None or theirs is None or own is theirs or own.parent_id is not None:
            continue
        if str(own.pk) in theirs.path.split("/"):
            continue
        own.parent = theirs
        moved = True
        _move(book, own, f"{theirs.path}{own.pk}/")
    if moved:
        book.found.pop((Team, "path"), None)


def _move(book: Book, moved: Team, path: str) -> None:
    """A team and all below it to a new place."""
    old = moved.path
    for each in {t.pk: t for t in [*Team.objects.all(), *book.new[Team]]}:
        row = book.get(Team, each)
        if row.path.startswith(old):
            changed = path + row.path[len(old) :]
            if book.is_new(row):
                row.path = changed
            else:
                held = book.changed[Team].setdefault(row.pk, (row, set()))
                held[1].update({"path", "parent"})
                row.path = changed


def product(book: Book, row: Any) -> str:
    """A product of the catalogue."""
    values = row.values
    found = book.find(Product, "code", values.get("code")) or book.find(
        Product, "name", values["name"]
    )
    given = {name: values.get(name) for name in ("name", "line", "code")}
    given |= {name: _amount(values.get(name)) for name in ("price", "cost")}
    if found is None:
        found = make_product(book, values["name"], given["code"] or "")
        book.change(found, given)
        return book.note(row.lines[0], "product", row.key, found, CREATED)
    return _changed(book, row, found, given)


def make_product(book: Book, name: str, code: str = "") -> Product:
    """A product known by its name; its code is the name where there is none."""
    return book.add(Product(code=(code or name)[:60], name=name[:160]))  # type: ignore[no-any-return]


def _amount(value: Any) -> Any:
    return getattr(value, "amount", value)


def _changed(book: Book, row: Any, found: Any, given: dict[str, Any]) -> str:
    before = book.change(found, given)
    outcome = UPDATED if before else UNCHANGED
    return book.note(row.lines[0], row.entity, row.key, found, outcome, before)
