"""Finds the files that a profile asks for, in a folder or among uploads, and opens them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from .limits import Limits
from .mapping import Profile, TableSpec
from .messages import Problem, Refused, Sentence, _
from .reading import Table, open_table


@dataclass
class Sources:
    """What was found: readings with their opened files, and what is wrong or left over."""

    readings: list[tuple[TableSpec, Table]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Files that no reading of the profile asks for."""


def find_files(path: str | Path) -> dict[str, Path]:
    """The files of a folder by name, or the one file. Raises Refused where there is none."""
    place = Path(path)
    if place.is_file():
        return {place.name: place}
    if not place.is_dir():
        raise Refused(_("There is no file or folder %(path)s."), path=str(path))
    return {found.name: found for found in sorted(place.iterdir()) if found.is_file()}


def open_sources(
    profile: Profile,
    files: Mapping[str, Path | bytes],
    *,
    encoding: str | None = None,
    limits: Limits | None = None,
) -> Sources:
    """Opens every file that a table of the profile asks for, once. Raises Refused."""
    sources, opened = Sources(), {}
    for spec in profile.tables:
        name = _matching(spec.file, files)
        if name is None:
            sentence = Sentence(
                _("The profile asks for %(file)s, which is not there."), {"file": spec.file}
            )
            if sentence not in [problem.sentence for problem in sources.problems]:
                sources.problems.append(Problem(sentence))
            continue
        place = (name, spec.sheet, spec.encoding or encoding, spec.separator)
        if place not in opened:
            opened[place] = open_table(
                files[name],
                name,
                encoding=place[2],
                separator=spec.separator,
                sheet=spec.sheet,
                limits=limits,
            )
        sources.readings.append((spec, opened[place]))
    used = {place[0] for place in opened}
    sources.unread = sorted(set(files) - used)
    return sources


def _matching(pattern: str, names: Iterable[str]) -> str | None:
    """The file of that name or pattern; case and a final .gz don't matter."""
    for name in sorted(names):
        plain = name.lower().removesuffix(".gz")
        if fnmatchcase(plain, pattern.lower()) or fnmatchcase(name.lower(), pattern.lower()):
            return name
    return None
