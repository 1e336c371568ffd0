"""Files of any usual encoding and shape open as tables; bad ones are refused (4.3)."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from import_help import table
from opencc import OpenCC

from zhangfa.imports.encodings import detect
from zhangfa.imports.limits import Limits
from zhangfa.imports.messages import Refused
from zhangfa.imports.reading import open_table


def workbook(*rows: list, sheet: str = "客户") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        (book.get_worksheet_by_name(sheet) or book.add_worksheet(sheet)).write_row(number, 0, row)
    book.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [
        ("customers_gb18030.csv", "gb18030", ","),
        ("customers_utf8_bom.csv", "utf-8-sig", ","),
        ("customers_utf16_bom.csv", "utf-16", ","),
        ("customers_utf16le_no_bom.csv", "utf-16-le", "tab"),
    ],
)
def test_the_same_customers_are_read_from_every_encoding(files, name, encoding, separator):
    found = open_table(files / name)
    assert (found.encoding.name, found.dialect) == (encoding, separator)
    assert found.headers[0] == "客户名称"
    assert [line.cells[0] for line in found.rows()] == [
        "苏州恒越精密机械有限公司",
        "上海华东物流股份有限公司",
        "北京清源水务集团有限公司",
    ]


def test_big5_and_cp1252_are_told_apart_and_the_runners_up_are_shown(files):
    big5 = open_table(files / "customers_big5.csv")
    assert big5.encoding.name == "big5"
    assert big5.encoding.runners_up[0][0] == "gb18030"
    assert big5.encoding.confidence > big5.encoding.runners_up[0][1] + 0.5
    assert next(big5.rows()).cells[0] == "臺灣精密機械股份有限公司"
    latin = open_table(files / "customers_cp1252.csv")
    assert (latin.encoding.name, latin.dialect) == ("cp1252", ";")
    assert next(latin.rows()).cells[0] == "Müller & Söhne GmbH"


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16-le", "utf-16-be", "utf-8"])
def test_every_ten_real_company_names_tell_their_encoding(shared_data, encoding):
    names = (shared_data / "company_names_zh/names_20000.txt").read_text("utf-8").split("\n")
    if encoding == "big5":
        names = OpenCC("s2tw").convert("\n".join(names)).split("\n")
    for begin in range(0, 20_000, 500):
        rows = "".join(
            f"{begin + place},{name}\r\n" for place, name in enumerate(names[begin:][:10])
        )
        data = f"id,name\r\n{rows}".encode("cp950" if encoding == "big5" else encoding, "ignore")
        assert detect(data).name == encoding


def test_a_person_may_force_an_encoding_and_is_told_where_it_does_not_fit(files):
    data = (files / "customers_gb18030.csv").read_bytes()
    assert open_table(data, encoding="gbk").encoding.forced
    with pytest.raises(Refused) as refusal:
        open_table(data, encoding="utf-8")
    assert "byte 1 " in str(refusal.value)
    with pytest.raises(Refused):
        open_table(data, encoding="klingon")


def test_a_guess_that_is_not_sure_is_reported_as_a_problem():
    doubtful = open_table("名\n颐\n".encode("gb18030"))
    assert doubtful.encoding.doubtful == bool(doubtful.problems)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_even_beside_decimal_commas(separator):
    quote = '"' if separator == "," else ""
    cells = [["code", "name", "amount"]]
    cells += [[str(n), f"{quote}Müller, Co{quote}", f"{quote}1,5{quote}"] for n in range(20)]
    rows = "".join(separator.join(row) + "\n" for row in cells)
    found = table(rows)
    assert found.headers == ("code", "name", "amount")
    assert {len(line.cells) for line in found.rows()} == {3}
    assert not any(line.reasons for line in found.rows())


def test_a_declared_separator_is_obeyed_and_titles_above_the_header_are_reported():
    found = table("sep=;\n客户清单 2026\n\n编号;客户名称;城市\n1;甲;上海\n")
    assert found.headers == ("编号", "客户名称", "城市")
    assert [problem.line for problem in found.problems] == [2]
    assert [line.number for line in found.rows()] == [5]


def test_a_broken_quote_costs_one_line_and_line_numbers_stay_true(files):
    lines = {line.number: line for line in open_table(files / "broken_quotes.csv").rows()}
    assert sorted(lines) == [2, 3, 4, 5, 7, 8, 9, 10]
    assert lines[5].cells[1] == "two\nlines"
    assert [number for number, line in lines.items() if line.reasons] == [3, 7, 8]
    assert "U+0000" in str(lines[7].reasons[0])
    assert lines[8].cells[-1] == "cells"
    assert lines[10].cells == ("7", "Short", "")


def test_an_unclosed_quote_at_the_top_does_not_swallow_the_file():
    text = 'a,b\n"open,1\n' + "".join(f"{n},x\n" for n in range(30_000))
    lines = list(table(text).rows())
    assert len(lines) == 30_001
    assert [line.number for line in lines if line.reasons] == [2]


def test_columns_without_or_with_the_same_name_are_told_apart_and_reported():
    found = table("code,,name,name\n1,2,3,4\n")
    assert found.headers == ("code", "#2", "name", "name (2)")
    assert len(found.problems) == 2


def test_packed_files_open_and_bombs_are_refused():
    plain = b"code,name\n" + b"1,x\n" * 1000
    assert len(list(open_table(gzip.compress(plain), "a.csv.gz").rows())) == 1000
    bomb = gzip.compress(b"0" * 30_000_000)
    with pytest.raises(Refused, match="times its size"):
        open_table(bomb, "a.csv.gz")
    with pytest.raises(Refused, match="unpacks to more"):
        open_table(bomb, "a.csv.gz", limits=Limits(unpacked_bytes=1_000_000))
    with pytest.raises(Refused, match="cut off"):
        open_table(gzip.compress(plain)[:-9], "a.csv.gz")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(file_bytes=10), "at most 10"),
        (Limits(columns=2), "3 columns"),
        (Limits(rows=1), "more than 1 rows"),
    ],
)
def test_every_limit_refuses_with_a_sentence(limits, words):
    with pytest.raises(Refused, match=words):
        list(open_table(b"a,b,c\n1,2,3\n1,2,3\n", limits=limits).rows())


def test_a_cell_that_is_too_long_is_refused_at_its_row():
    long = open_table(b"a,b\n1," + b"x" * 40_000 + b"\n2,y\n")
    first, second = long.rows()
    assert first.reasons[0].field == "b"
    assert "40000 characters" in str(first.reasons[0])
    assert not second.reasons


def test_xlsx_cells_keep_their_types_and_sheets_can_be_chosen():
    day = datetime(2026, 11, 23)
    found = open_table(workbook(["客户清单"], ["编号", "日期", "金额"], [1, day, 12.5]), "a.xlsx")
    assert (found.kind, found.sheets, found.headers) == (
        "xlsx",
        ("客户",),
        ("编号", "日期", "金额"),
    )
    (line,) = found.rows()
    assert line.number == 3
    assert line.cells[1:] == (date(2026, 11, 23), 12.5)
    with pytest.raises(Refused, match="There is no sheet"):
        open_table(workbook(["a", "b"]), "a.xlsx", sheet="x")


def test_xlsx_bombs_giant_rectangles_and_old_files_are_refused():
    good = workbook(["a", "b"], [1, 2])
    stream = io.BytesIO(good)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/zeros.bin", b"0" * 40_000_000)
    with pytest.raises(Refused, match="times its size"):
        open_table(stream.getvalue(), "a.xlsx")
    far = io.BytesIO()
    book = xlsxwriter.Workbook(far)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "z")
    book.close()
    with pytest.raises(Refused):
        open_table(far.getvalue(), "a.xlsx")
    with pytest.raises(Refused, match="old or encrypted"):
        open_table(b"\xd0\xcf\x11\xe0" + b"\0" * 100, "a.xls")
    with pytest.raises(Refused, match="damaged"):
        open_table(good[: len(good) // 2], "a.xlsx")


def test_an_event_log_is_flattened_and_equals_its_csv(shared_data):
    folder = shared_data / "process_running_example"
    xes, csv = (
        open_table(folder / "running-example.xes"),
        open_table(folder / "running-example.csv"),
    )
    wanted = ["case:concept:name", "concept:name", "org:resource", "Costs"]
    rows = [
        sorted(tuple(line.cells[t.headers.index(key)] for key in wanted) for line in t.rows())
        for t in (xes, csv)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 42


def test_a_log_with_a_document_type_is_refused_before_anything_is_expanded(files):
    with pytest.raises(Refused, match="document type"):
        open_table(files / "trap.xes")
    with pytest.raises(Refused, match="valid XML at line 2"):
        open_table(b"<log><trace>\n</log>", "a.xes")
    deep = b"<log><trace><event>" + b'<list key="a">' * 50
    with pytest.raises(Refused, match="nested deeper"):
        open_table(deep, "a.xes")


def test_nested_attributes_of_a_log_become_columns_of_their_own():
    log = b"""<log><trace><string key="concept:name" value="7"/><event>
      <string key="a" value="1"><int key="b" value="2"/></string></event></trace></log>"""
    found = open_table(log, "a.xes")
    assert found.headers == ("case:concept:name", "a", "a/b")
    assert next(found.rows()).cells == ("7", "1", "2")


def test_4_3_a_separator_that_a_person_names_is_taken_instead_of_the_one_found():
    text = "名称;城市,区\n恒越;苏州,园区\n".encode()
    assert open_table(text, "a.csv", separator=",").headers == ("名称;城市", "区")
    assert open_table(text, "a.csv", separator=";").headers == ("名称", "城市,区")
