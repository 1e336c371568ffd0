"""Reads event logs (XES, IEEE 1849): every event becomes a row, with its case beside it.

Columns are the events' keys; the keys of the case carry the prefix `case:`, nested ones are
joined by `/`. A document type or an entity in the file is refused, so nothing outside is read
and nothing is blown up.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from .cells import Shape
from .encodings import Encoding
from .limits import Limits
from .messages import Problem, Refused, Sentence, _
from .reading import Line, Table

VALUES = frozenset(("string", "date", "int", "float", "boolean", "id"))
CONTAINERS = frozenset(("list", "container", "values"))
OUTER = frozenset(("global", "extension", "classifier"))
STEP = 1 << 18


class _Walk:
    """The handlers of one pass over the log; finished events wait in `ready`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse_type
        self.parser.EntityDeclHandler = self.refuse_type
        self.parser.ExternalEntityRefHandler = self.refuse_type
        self.parser.XmlDeclHandler = self.declared
        self.encoding = "utf-8"
        self.ready: list[tuple[int, dict[str, str]]] = []
        self.case: dict[str, str] = {}
        self.event: dict[str, str] | None = None
        self.keys: list[str] = []
        self.repeated: set[str] = set()
        self.depth = self.outer = self.line = self.count = 0
        self.in_case = False

    def refuse_type(self, *_ignored: object) -> None:
        """Nothing that could name or blow up an entity is read."""
        raise Refused(_("The log declares a document type or entities, which are not read."))

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """The encoding that the XML declaration names."""
        self.encoding = (encoding or "utf-8").lower()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A case, an event, or an attribute of either begins."""
        name = tag.rpartition(" ")[2]
        self.depth += 1
        if self.depth > self.limits.nesting:
            raise Refused(_("The log is nested deeper than %(limit)s."), limit=self.limits.nesting)
        if self.outer or name in OUTER:
            self.outer += 1
        elif name == "trace":
            self.case, self.in_case = {}, True
        elif name == "event":
            self.event, self.line = {}, self.parser.CurrentLineNumber
        elif name in VALUES or name in CONTAINERS:
            self.value(name, attributes)

    def value(self, name: str, attributes: dict[str, str]) -> None:
        """An attribute, under its own key and those around it; the first of a key stays."""
        if name == "values":
            self.keys.append("")
            return
        self.keys.append(attributes.get("key", ""))
        if name not in VALUES or not (self.in_case or self.event is not None):
            return
        path = "/".join(key for key in self.keys if key)
        place = self.case if self.event is None else self.event
        path = f"case:{path}" if self.event is None else path
        if path in place:
            self.repeated.add(path)
        place.setdefault(path, attributes.get("value", ""))

    def end(self, tag: str) -> None:
        """What began ends; a finished event is ready."""
        name = tag.rpartition(" ")[2]
        self.depth -= 1
        if self.outer:
            self.outer -= 1
        elif name == "event":
            self.count += 1
            if self.count > self.limits.rows:
                raise Refused(_("The table has more than %(limit)s rows."), limit=self.limits.rows)
            self.ready.append((self.line, self.case | (self.event or {})))
            self.event = None
        elif name == "trace":
            self.in_case = False
        elif self.keys and (name in VALUES or name in CONTAINERS):
            self.keys.pop()


def _events(data: bytes, walk: _Walk) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for begin in range(0, len(data), STEP):
            walk.parser.Parse(data[begin : begin + STEP], False)
            yield from walk.ready
            walk.ready.clear()
        walk.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused(_("The log is not valid XML at line %(line)s."), line=error.lineno) from error
    yield from walk.ready


def open_log(data: bytes, name: str, limits: Limits) -> Table:
    """The events of a log as a table, read twice: for its columns, then row by row."""
    walk = _Walk(limits)
    columns: dict[str, None] = {}
    for _line, event in _events(data, walk):
        columns.update(dict.fromkeys(event))
    headers = tuple(sorted(columns, key=lambda key: not key.startswith("case:")))
    if not headers:
        raise Refused(_("The log has no events."))
    if len(headers) > limits.columns:
        raise Refused(
            _("The table has %(count)s columns; at most %(limit)s are taken."),
            count=len(headers),
            limit=limits.columns,
        )
    shape = Shape(headers, limits)

    def rows() -> Iterator[Line]:
        for number, event in _events(data, _Walk(limits)):
            yield shape.line(number, [event.get(key, "") for key in headers])

    encoding = Encoding(walk.encoding, walk.encoding, 1.0)
    repeated = _("The key %(name)s occurs more than once in an event; the first value is read.")
    problems = [Problem(Sentence(repeated, {"name": key})) for key in sorted(walk.repeated)]
    return Table(name, "xes", headers, rows, encoding, "", problems=problems)
