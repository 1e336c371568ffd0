"""Sentences the import says to people: an English message id with its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext


def _(msgid: str) -> str:
    """Marks a message id for extraction; the translation is looked up when it is shown."""
    return msgid


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message id (English, translated by gettext) and what is filled into it."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence in the reader's language."""
        return gettext(self.msgid) % self.params if self.params else gettext(self.msgid)

    def __str__(self) -> str:
        return self.text()


class Unreadable(ValueError):
    """A cell can't be read as what its column holds; carries the sentence that says why."""

    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)

    def __str__(self) -> str:
        return self.sentence.text()


class Refused(ValueError):
    """A whole file or profile can't be used; carries the sentence that says why."""

    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)

    def __str__(self) -> str:
        return self.sentence.text()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was refused: the field, the value as written, the sentence."""

    field: str
    value: str
    sentence: Sentence

    def __str__(self) -> str:
        return f"{self.field}: {self.sentence}" if self.field else str(self.sentence)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file that its owner should know; the file is read all the same."""

    sentence: Sentence
    line: int | None = None

    def __str__(self) -> str:
        return str(self.sentence)
