"""Every sentence of the import has its Chinese translation with the same placeholders (4.12)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

import zhangfa.imports
from zhangfa.imports.messages import Unreadable

PACKAGE = Path(zhangfa.imports.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def sentences() -> dict[str, str]:
    """Message id -> the module that says it."""
    found: dict[str, str] = {}
    for module in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "_"
            ):
                found[ast.literal_eval(node.args[0])] = module.name
    return found


def test_4_12_every_sentence_is_translated_and_keeps_its_placeholders():
    with (PACKAGE.parent / "locale/zh_Hans/imports.po").open("rb") as stream:
        catalog = {message.id: message.string for message in read_po(stream) if message.id}
    said = sentences()
    assert len(said) > 100
    assert sorted(set(said) - set(catalog)) == []
    for msgid in said:
        assert re.search("[\u4e00-\u9fff]", catalog[msgid]), msgid
        assert set(PLACEHOLDER.findall(msgid)) == set(PLACEHOLDER.findall(catalog[msgid])), msgid


def test_every_profile_names_what_it_is_for():
    for path in (PACKAGE / "profiles").glob("*.toml"):
        assert 'title = "' in path.read_text("utf-8"), path.name


def test_4_12_a_refusal_is_said_in_the_readers_language():
    refusal = Unreadable("%(value)s is not a date.", value="x")
    assert str(refusal) == "x is not a date."
