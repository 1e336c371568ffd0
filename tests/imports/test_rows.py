"""Rows become records or refusals, and every row is accounted for (4.3)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_help import profile, read, table
from python_calamine import CalamineWorkbook

from zhangfa.imports.known import Known, Ref
from zhangfa.imports.mapping import Merge, load_profile, read_profile
from zhangfa.imports.messages import Reason, Sentence
from zhangfa.imports.reading import open_table
from zhangfa.imports.refused_files import refused_csv, refused_xlsx, safe_text
from zhangfa.imports.rows import Import, read_all

DEALS = {
    "title": "Deals",
    "currency": "CNY",
    "table": [
        {"file": "p", "entity": "product", "key": ["name"], "columns": {"name": "name"}},
        {
            "file": "d",
            "entity": "deal",
            "key": ["code"],
            "columns": {"code": "code", "product": {"field": "product", "missing": "create"}},
        },
    ],
}


def deals(text: str, **product: str) -> tuple:
    document = {**DEALS, "table": [dict(table) for table in DEALS["table"]]}
    document["table"][1] |= {
        "columns": {"code": "code", "product": {"field": "product", "missing": "create"} | product}
    }
    reading = read_profile(document, "deals")
    return reading, list(zip(reading.tables, (table("name\nGTX Pro\n"), table(text)), strict=True))


def test_every_row_is_created_merged_refused_blank_or_left_out():
    work, rows, refused = read(
        "code,name\n1,A\n\n1,A\n1,B\n2,\n3,C\x00\n4,D\n", profile(columns={"code": "code"})
    )
    assert [row.key for row in rows] == [("1",), ("4",)]
    assert [(row.line, str(row.reasons[0].sentence)) for row in refused] == [
        (5, "Line 2 has the same key with other values."),
        (6, "The field is wanted, and the cell is empty."),
        (7, "The cell has the control character U+0000, which is not text."),
    ]
    (tally,) = work.account.tallies
    assert tally.as_dict() == {
        "table": "rows.csv",
        "entity": "customer",
        "rows": 7,
        "records": 2,
        "accepted": 2,
        "merged": 1,
        "refused": 3,
        "blank": 1,
    }
    assert work.account.balanced


def test_the_account_is_balanced_again_when_every_record_was_applied():
    work, rows, _refused = read("code,name\n1,A\n2,B\n3,C\n", profile())
    work.applied(rows[0], "created")
    assert not work.account.balanced
    work.applied(rows[1], "unchanged")
    late = work.refuse(rows[2], (Reason("name", "C", Sentence("The cell is empty.")),))
    assert work.account.balanced
    assert (late.line, late.cells) == (4, ("3", "C"))


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_rows_are_accounted_for_or_the_file_is_refused(data):
    from zhangfa.imports.messages import Refused

    try:
        found = open_table(b"code,name\n" + data, "x.csv")
    except Refused:
        return
    reading = profile()
    work, rows, refused = read_all(reading, [(reading.tables[0], found)])
    assert work.account.balanced
    assert len(rows) == work.account.tallies[0].records
    refused_csv(refused)
    refused_xlsx(refused)


def test_4_4_a_misspelt_product_is_kept_and_its_merge_proposed():
    reading, sources = deals("code,product\n1,GTXPro\n2,GTX Pro\n3,gtx pro\n4,GTXPro\n")
    work, rows, refused = read_all(reading, sources)
    assert not refused
    assert [row.values["product"] for row in rows[1:]] == [
        Ref("product", "name", "GTXPro", False),
        Ref("product", "name", "GTX Pro", True),
        Ref("product", "name", "GTX Pro", True),
        Ref("product", "name", "GTXPro", False),
    ]
    (proposal,) = work.account.proposals.values()
    assert proposal.as_dict() == {
        "entity": "product",
        "by": "name",
        "written": "GTXPro",
        "into": "GTX Pro",
        "score": 0.98,
        "reasons": ["Only blanks, punctuation, case, width or script differ."],
        "rows": 2,
        "line": 2,
    }


def test_4_4_a_persons_decision_to_merge_is_followed_and_noted():
    reading, sources = deals("code,product\n1,GTXPro\n")
    decided = reading.deciding((Merge("product", "GTXPro", "GTX Pro"),))
    work, rows, _refused = read_all(decided, sources)
    assert rows[-1].values["product"] == Ref("product", "name", "GTX Pro", True)
    assert not work.account.proposals
    assert "as decided" in str(next(iter(work.account.noticed.values())).example)


@pytest.mark.parametrize(
    ("missing", "value", "said"),
    [("refuse", None, "Perhaps GTX Pro is meant"), ("empty", None, "left empty")],
)
def test_an_unknown_reference_is_refused_or_left_empty_as_the_profile_says(missing, value, said):
    reading, sources = deals("code,product\n1,GTXPro\n", missing=missing)
    work, rows, refused = read_all(reading, sources)
    if missing == "refuse":
        assert said in str(refused[0].reasons[0])
    else:
        assert rows[-1].values["product"] is value
        assert said in str(next(iter(work.account.noticed.values())).example)


def test_records_of_the_database_are_found_by_name_or_code():
    known = Known()
    known.add("customer", "name", ["苏州恒越精密机械有限公司"])
    known.add("customer", "code", ["C-7"])
    known.add("person", "name", ["王磊"])
    reading = load_profile("payments")
    text = "客户,回款金额,回款日期,回款编号\n苏州恒越精密机械有限公司,1.2万,2026年3月5日,A1\n"
    text += "C-7,50,2026/3/6,A2\n"
    _work, rows, refused = read_all(reading, [(reading.tables[0], table(text))], known)
    assert not refused
    assert [row.values["customer"].by for row in rows] == ["name", "code"]
    assert rows[0].values["amount"].amount == Decimal(12_000)
    assert rows[0].key == ("苏州恒越精密机械有限公司", "A1")


def test_generic_customers_are_read_from_chinese_headings_with_their_units(files):
    reading = load_profile("customers")
    known = Known()
    known.add("person", "name", ["王磊", "李娜"])
    source = [(reading.tables[0], open_table(files / "customers_gb18030.csv"))]
    work, rows, refused = read_all(reading, source, known)
    assert rows[0].values["annual_revenue"].amount == 12_500_000
    assert rows[0].values["owner"] == Ref("person", "name", "王磊", True)
    assert rows[1].values["phone"] == "+8613800138000"
    assert "only one of them" in str(refused[0].reasons[0])
    assert work.unused() == {"customers_gb18030.csv": ()}


def test_a_file_whose_dates_tell_the_order_is_read_by_it():
    reading = profile(columns={"since": {"field": "entered_at", "as": "date"}})
    _work, rows, refused = read("code,name,since\n1,A,02/03/2026\n2,B,23/03/2026\n", reading)
    assert [row.values["entered_at"].month for row in rows] == [3, 3]
    assert not refused
    _work, rows, refused = read("code,name,since\n1,A,02/03/2026\n", reading)
    assert "day/month or month/day" in str(refused[0].reasons[0])


def test_duplicate_customers_inside_a_file_are_proposed():
    work, _rows, _refused = read(
        "code,name\n1,华东物流有限公司\n2,華東物流股份有限公司\n3,别的公司\n", profile()
    )
    assert [(p.written, p.into) for p in work.account.proposals.values()] == [
        ("華東物流股份有限公司", "华东物流有限公司")
    ]


def test_rows_for_another_reading_are_left_out_and_counted():
    document = {
        "title": "x",
        "table": [
            {
                "file": "*",
                "entity": "customer",
                "key": ["code"],
                "only": {"deleted": ["false"]},
                "columns": {"code": "code", "name": "name"},
            }
        ],
    }
    work, rows, _refused = read(
        "code,name,deleted\n1,A,false\n2,B,true\n", read_profile(document, "x")
    )
    assert len(rows) == 1
    assert work.account.tallies[0].outcomes["left_out"] == 1
    assert work.account.balanced


def test_refused_rows_come_back_as_files_that_run_nothing_and_can_be_read_again():
    evil = '=HYPERLINK("http://x")'
    work, _rows, refused = read(
        f'code,name\n1,A\n1,"{evil.replace(chr(34), chr(34) * 2)}"\n', profile()
    )
    data = refused_csv(refused)
    assert data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert header == ["Line of the file", "Why it was refused", "code", "name"]
    assert row == ["3", "code: Line 2 has the same key with other values.", "1", f"'{evil}"]
    again = open_table(data, "again.csv")
    assert next(again.rows()).cells[-1] == evil
    book = CalamineWorkbook.from_filelike(io.BytesIO(refused_xlsx(refused)))
    assert book.get_sheet_by_index(0).to_python()[1][3] == f"'{evil}"
    assert work.account.balanced


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("-12.50", "-12.50"),
        ("+86 138", "+86 138"),
        ("\tx", "'\tx"),
        ("普通", "普通"),
    ],
)
def test_formulas_are_quoted_and_numbers_are_not(text, safe):
    assert safe_text(text) == safe


def test_fifty_thousand_rows_are_read_far_faster_than_three_thousand_a_second():
    import time

    rows = "".join(
        f'C{n},客户{n}有限公司,0512-6666{n % 10_000:04},"1,{n % 1000:03}.50",'
        f"2026/{n % 12 + 1}/{n % 28 + 1}\n"
        for n in range(50_000)
    )
    reading = profile(columns={"phone": "phone", "limit": "credit_limit", "since": "entered_at"})
    source = open_table(f"code,name,phone,limit,since\n{rows}".encode(), "a.csv")
    begin = time.perf_counter()
    work = Import(reading, [(reading.tables[0], source)])
    count = sum(1 for _row in work.rows())
    assert count == 50_000
    assert count / (time.perf_counter() - begin) > 3_000
    assert work.account.balanced
