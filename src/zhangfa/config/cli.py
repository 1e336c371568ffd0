"""The command line: `zhangfa run | demo | import | score | clock | policy | verify | backup ...`.

Each command says in one line what is wrong with its input and ends with 2; what fails on the way
ends with 1.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from zhangfa import __version__

from . import cli_data, cli_rules
from .cli_ground import ensure_database, fail, say, set_up


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Zhangfa turns a company's sales policy into a running system.

    Data lies in ZHANGFA_HOME (`.zhangfa` here by default); DATABASE_URL names a PostgreSQL of
    yours in place of the one that comes along.
    """


def serving(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `run` and `demo`."""
    for option in reversed(
        (
            click.option("--host", default="127.0.0.1", show_default=True, help="Listen here."),
            click.option(
                "--port",
                default=8000,
                show_default=True,
                type=click.IntRange(1, 65534),
                help="The pages' port; events take the next one.",
            ),
            click.option(
                "--workers",
                default=2,
                show_default=True,
                type=click.IntRange(1, 64),
                help="Processes that serve pages.",
            ),
        )
    ):
        command = option(command)
    return command


@cli.command()
@serving
def run(host: str, port: int, workers: int) -> None:
    """Serve: PostgreSQL, pages, events and worker as one tree, until Ctrl-C."""
    _serve(host, port, workers, demo=False)


@cli.command()
@serving
def demo(host: str, port: int, workers: int) -> None:
    """Serve a demo company with a year of history, told on the first start."""
    os.environ.setdefault("ZHANGFA_ENV", "demo")
    _serve(host, port, workers, demo=True)


def _serve(host: str, port: int, workers: int, *, demo: bool) -> None:
    from .children import Plan
    from .postgres import PostgresError
    from .supervisor import AlreadyRunning, CannotRun, Supervisor

    supervisor = Supervisor(Plan(host=host, port=port, workers=workers), say)
    try:
        supervisor.claim()
    except AlreadyRunning as found:
        say(f"Zhangfa is already running at {found}")
        return
    except CannotRun as error:
        fail(str(error), 2)
    try:
        supervisor.start_database()
        _in_own_process("migrate", "--quiet")
        if demo:
            _in_own_process("tell")
    except PostgresError as error:
        fail(str(error))
    except (KeyboardInterrupt, SystemExit):
        supervisor.stop()
        raise
    supervisor.serve()


def _in_own_process(*words: str) -> None:
    """Run one of our commands to its end, so that the supervisor itself stays small."""
    import subprocess

    from .children import environment

    done = subprocess.run(
        [sys.executable, "-m", "zhangfa.config.cli", *words], env=environment(), check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)


@cli.command()
@click.option("--quiet", is_flag=True, help="Say nothing when all goes well.")
def migrate(quiet: bool) -> None:
    """Bring the database up to this version; safe to repeat."""
    with ensure_database(role="owner"):
        from .migrating import migrate as bring_up
        from .roles import RoleTaken

        try:
            bring_up(quiet=quiet)
        except RoleTaken as error:
            fail(str(error), 2)


@cli.command(hidden=True)
def tell() -> None:
    """Tell the demo company's year if the database is empty; say who can sign in."""
    set_up(role="app")
    from zhangfa.demo.company import PASSWORD
    from zhangfa.demo.tell import tell as tell_the_year
    from zhangfa.records.models import Person

    if not Person.objects.exists():
        say("Telling the demo company's year")
        # Hundreds of thousands of rows are made and none of them in circles: look rarely.
        gc.freeze()
        gc.set_threshold(100_000, 50, 1000)
        tell_the_year(datetime.now(UTC), report=_progress)
        click.echo("", err=True)
    _who_can_sign_in(PASSWORD)


def _progress(percent: int, word: str) -> None:
    filled = "#" * (percent // 4)
    click.echo(f"\r  [{filled:<25}] {percent:3d} %  {word:<14}", nl=False, err=True)


def _who_can_sign_in(password: str) -> None:
    """One person for each role, the shortest list that shows every view."""
    from zhangfa.records.models import Person
    from zhangfa.records.people import ROLES

    say(f"Sign in with the password {password} as one of:")
    for role in ROLES:
        person = Person.objects.filter(roles__0=role, is_active=True).order_by("pk").first()
        if person:
            say(f"  {person.username:<16} {person.name}  ({role})")


@cli.command(hidden=True)
def worker() -> None:
    """Do the jobs and the sweep (started by `run`)."""
    from .worker import run as work

    work()


@cli.command()
def assets() -> None:
    """Make style sheets, scripts, fonts and message catalogues, and collect static files."""
    from zhangfa.web.assets import main as make

    sys.argv = sys.argv[:1]
    os.environ.setdefault("ZHANGFA_ENV", "demo")
    make()


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Run a Django management command, as the tables' owner."""
    with ensure_database(role="owner"):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(["zhangfa manage", *words])


cli.add_command(cli_rules.clock)
cli.add_command(cli_rules.policy)
cli.add_command(cli_data.import_files)
cli.add_command(cli_data.score)
cli.add_command(cli_data.verify)
cli.add_command(cli_data.backup)
cli.add_command(cli_data.restore)


def main() -> None:
    """The entry point `zhangfa`."""
    cli(prog_name="zhangfa")


if __name__ == "__main__":
    main()
