"""Commands about a company's data: import, score, verify, backup, restore."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from .cli_ground import answer, bring_up_to_date, ensure_database, fail, say, set_up
from .cli_rules import as_json


@click.command(name="import")
@click.argument("words", nargs=-1, required=True, metavar="[PROFILE] PATH")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, write nothing.")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="Refused rows.")
@as_json
def import_files(
    words: tuple[str, ...], dry_run: bool, refused: Path | None, as_json: bool
) -> None:
    """Import a file or a folder of tables (CSV, XLSX, XES); every row is accounted for.

    PROFILE says what the columns mean; left out, the one that fits the files is taken. Rows that
    are refused can be written into a file of their own, each with its reasons.
    """
    if len(words) > 2:
        fail("Name a profile and a path: zhangfa import [PROFILE] PATH.", 2)
    path, profile = Path(words[-1]), words[0] if len(words) == 2 else None
    if not path.exists():
        fail(f"There is no file or folder {path}.", 2)
    with ensure_database(role="app"):
        bring_up_to_date()
        set_up(role="app")
        from django.utils import translation

        from zhangfa.imports.run import run

        try:
            with translation.override("en"):
                told = run(path, profile=profile, dry_run=dry_run, refused=refused, report=say)
        except ValueError as error:
            fail(str(error), 2)
        _tell_import(told, as_json)


def _tell_import(told: dict[str, Any], as_json: bool) -> None:
    """The account as JSON, or a line for each reading of each file."""
    if as_json:
        answer(told)
        return
    for each in told["tables"]:
        counts = ", ".join(
            f"{name.replace('_', ' ')} {count:,}"
            for name, count in each.items()
            if name not in ("table", "entity", "rows", "records")
        )
        click.echo(f"{each['table']} as {each['entity']}: {each['rows']:,} rows; {counts}")
    for each in told["notes"]:
        lines = ", ".join(map(str, each["lines"]))
        click.echo(f"note ({each['count']:,}): {each['text']} [{each['table']}: {lines}]")
    for each in told["proposals"]:
        written, into = each["written"], each["into"]
        click.echo(f"proposed: read {each['entity']} {written} as {into} ({each['rows']:,} rows)")
    for each in told["problems"]:
        click.echo(f"problem: {each}")


@click.command()
@click.option("--period", required=True, help="2026-Q4, 2026-11 or 2026.")
@click.option("--person", help="A username; everybody when left out.")
@as_json
def score(period: str, person: str | None, as_json: bool) -> None:
    """Score a period: each person's card with its reasons."""
    from zhangfa.rules.terms import Period

    try:
        wanted = Period.read(period)
    except ValueError as error:
        fail(str(error), 2)
    with ensure_database(role="app"):
        set_up(role="app")
        from zhangfa.answers.cards import cards_as_data

        try:
            told = cards_as_data(wanted, datetime.now(UTC), username=person)
        except LookupError as error:
            fail(str(error.args[0]), 2)
        if as_json:
            answer(told)
        else:
            _tell_cards(told)


def _tell_cards(told: dict[str, Any]) -> None:
    """A line for each person; one person's card line by line."""
    for card in told["people"]:
        bonus = card["bonus"] or {"factor": "-", "amount": "-"}
        total = card["total"] or card["not_rated"]
        frozen = "frozen" if card["frozen"] else ""
        said = (f"{card['person']:<16}", f"{card['layer']:<10}", f"{total:>8}")
        click.echo("  ".join((*said, f"x{bonus['factor']}", bonus["amount"], frozen)).rstrip())
    if len(told["people"]) != 1:
        return
    for dimension in told["people"][0]["dimensions"]:
        for line in dimension["lines"]:
            reached = line["points"] or line["not_applicable"]
            said = f"  {line['metric']:<24}{reached:>10}  {line['earned']:>6}"
            click.echo(f"{said}/{line['effective_weight']}  {line['formula']}".rstrip())


@click.command()
@as_json
def verify(as_json: bool) -> None:
    """Recompute obligations, scores and hash chains from the facts; ends with 1 on a difference."""
    with ensure_database(role="app"):
        set_up(role="app")
        from zhangfa.answers.verify import verify as look

        told = look(datetime.now(UTC))
        if as_json:
            answer(told)
        else:
            _tell_differences(told)
        if not told["ok"]:
            raise SystemExit(1)


def _tell_differences(told: dict[str, Any]) -> None:
    """What was looked at, and a line for each difference."""
    for name, count in told["checked"].items():
        click.echo(f"{name}: {count} looked at")
    for each in told["differences"]:
        said = f"{each['found']} instead of {each['expected']}"
        click.echo(f"{each['check']}  {each['row']}: {said}")
    click.echo("no difference" if told["ok"] else f"{len(told['differences'])} differences")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
def backup(file: Path, as_json: bool) -> None:
    """Write the whole database into FILE, with a list of its tables and rows."""
    from .backup import BackupError, make

    with ensure_database(role="owner"):
        try:
            told = make(file)
        except BackupError as error:
            fail(str(error))
        _tell({"file": str(file), **told}, as_json)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Throw away what the database holds now.")
@as_json
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Read a backup back into an empty database and count its rows again."""
    from .backup import BackupError, bring_back

    with ensure_database(role="owner"):
        try:
            told = bring_back(file, replace=replace)
        except BackupError as error:
            fail(str(error), 2)
        from .migrating import migrate

        migrate(quiet=True)
        _tell({"file": str(file), **told}, as_json)


def _tell(told: Any, as_json: bool) -> None:
    """An answer as JSON, or one line a key."""
    if as_json or not isinstance(told, dict):
        answer(told)
        return
    for key, value in told.items():
        click.echo(f"{key}: {value}")
