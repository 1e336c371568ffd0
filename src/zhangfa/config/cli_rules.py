"""Commands that ask the rules and need no database: `clock` and `policy`."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .cli_ground import answer, fail

if TYPE_CHECKING:
    from zhangfa.rules.clock import Calendar, Deadline

as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@click.group()
def clock() -> None:
    """Ask the working clock of the policy that ships with the product."""


@clock.command()
@click.argument("moment")
@click.argument("span")
@click.option("--before", is_flag=True, help="Count back from a date instead.")
@as_json
def due(moment: str, span: str, before: bool, as_json: bool) -> None:
    """The deadline a SPAN after a MOMENT, and how it is counted.

    Example: zhangfa clock due 2026-09-30T15:00 "2 working_days"
    """
    from zhangfa.rules.clock import deadline_after, deadline_before
    from zhangfa.rules.terms import Span

    calendar = shipped_calendar()
    try:
        start = datetime.fromisoformat(moment)
        start = start if start.tzinfo else start.replace(tzinfo=calendar.zone)
        count = deadline_before if before else deadline_after
        found = count(start, Span.read(span), calendar)
    except (ValueError, LookupError) as error:
        fail(str(error), 2)
    if as_json:
        answer(_as_data(found, calendar))
    else:
        local = found.at.astimezone(calendar.zone)
        click.echo(f"{local:%a %Y-%m-%d %H:%M}{'  (provisional)' if found.provisional else ''}")
        click.echo(found.explain())


def _as_data(found: Deadline, calendar: Calendar) -> dict[str, Any]:
    return {
        "due": found.at.astimezone(calendar.zone).isoformat(),
        "provisional": found.provisional,
        "path": [
            {
                "step": step.key,
                "moment": step.moment.astimezone(calendar.zone).isoformat(),
                **{key: str(value) for key, value in step.detail.items()},
            }
            for step in found.path
        ],
    }


def shipped_calendar() -> Calendar:
    """The working calendar of the shipped policy, without a company's own days."""
    from zhangfa.policy import load_editions
    from zhangfa.rules.calendars import build_calendar

    policy = load_editions()
    reading = policy.on(policy.editions[-1].effective)
    return build_calendar(
        country=reading["calendar.country"],
        zone=reading["calendar.zone"],
        intervals=reading["calendar.intervals"],
        weekdays=reading["calendar.weekdays"],
        published_until=reading["calendar.published_until"],
    )


@click.group()
def policy() -> None:
    """Ask about the policy."""


@policy.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check the shipped policy, amended by the editions in FILES. Ends with 1 on problems."""
    from zhangfa import policy as shipped
    from zhangfa.rules.policy import check as find_problems

    try:
        documents = [shipped.parse_edition(path.read_text(encoding="utf-8")) for path in files]
        read = shipped.policy_of(documents) if documents else shipped.load_editions()
        problems = find_problems(read)
    except (ValueError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        fail(f"the edition cannot be read: {error}", 2)
    if as_json:
        answer([{"key": p.key, "clause": p.clause, "reason": p.reason} for p in problems])
    else:
        for one in problems:
            click.echo(str(one))
        if not problems:
            click.echo(f"{len(read.editions)} editions, no problem found")
    if problems:
        raise SystemExit(1)
