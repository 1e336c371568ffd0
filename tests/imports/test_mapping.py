"""Columns are mapped by a checked profile, or by their headings with confidence (4.3)."""

from __future__ import annotations

import pytest
from import_help import profile

from zhangfa.imports.automap import header_unit, map_headers, signature
from zhangfa.imports.entities import ENTITIES, KEYS
from zhangfa.imports.mapping import (
    BadProfile,
    chosen_profile,
    load_profile,
    profile_names,
    read_profile,
)
from zhangfa.imports.messages import Refused
from zhangfa.imports.profile_checks import check_profile
from zhangfa.imports.reading import open_table


def test_every_profile_that_ships_can_be_loaded():
    assert len(profile_names()) >= 11
    for name in profile_names():
        assert load_profile(name).tables


def test_keys_name_fields_of_their_entity():
    for entity, keys in KEYS.items():
        for key in keys:
            assert set(key) <= set(ENTITIES[entity])


@pytest.mark.parametrize(
    ("file", "entity"),
    [
        ("crm_sales_opportunities/accounts.csv", "customer"),
        ("crm_sales_opportunities/products.csv", "product"),
        ("crm_sales_opportunities/sales_teams.csv", "person"),
        ("crm_sales_opportunities/sales_pipeline.csv", "deal"),
        ("classicmodels/Customers.csv", "customer"),
        ("classicmodels/Employees.csv", "person"),
        ("classicmodels/Products.csv", "product"),
        ("classicmodels/Orders.csv", "order"),
        ("classicmodels/OrderDetails.csv", "order_line"),
        ("classicmodels/Payments.csv", "payment"),
        ("incident_log/incident_events_2016-02-29_to_03-31.csv.gz", "ticket"),
        ("approvals_bpi2020/domestic_declarations_events.csv.gz", "review"),
        ("salesforce_sample/accountData.csv", "customer"),
        ("salesforce_sample/opportunityData.csv", "deal"),
    ],
)
def test_real_files_are_recognised_by_their_headings_alone(shared_data, file, entity):
    assert map_headers(open_table(shared_data / file).headers).entity == entity


@pytest.mark.parametrize(
    ("headers", "entity", "fields"),
    [
        (
            ["客户名称*", "統一社會信用代碼", "所属行业", "联系电话", "负责人"],
            "customer",
            ["name", "credit_code", "industry", "phone", "owner"],
        ),
        (
            ["订单号", "客户", "下单日期", "金额(元)", "状态"],
            "order",
            ["code", "customer", "ordered_on", "amount", "status"],
        ),
        (
            ["商机名称", "客户名称", "阶段", "预计金额", "负责人"],
            "deal",
            ["title", "customer", "stage", "amount", "owner"],
        ),
        (["姓名", "手机号", "公司", "职位"], "contact", ["name", "phone", "customer", "title"]),
        (["回款日期", "客户", "回款金额"], "payment", ["paid_on", "customer", "amount"]),
    ],
)
def test_chinese_headings_are_recognised_in_both_scripts(headers, entity, fields):
    found = map_headers(headers)
    assert found.entity == entity
    assert [choice.field for choice in found.choices] == fields
    assert found.confidence > 0.9
    assert not found.missing


def test_what_is_missing_and_what_is_left_over_is_said():
    found = map_headers(["订单号", "客户", "天气"], "order")
    assert (found.unmapped, found.missing) == (("天气",), ("ordered_on",))


def test_a_unit_in_a_heading_counts():
    assert header_unit("年营业额（万元）") == (10_000, "")
    assert header_unit("Revenue (USD million)") == (1_000_000, "USD")
    assert header_unit("金额") == (1, "")


def test_a_remembered_choice_is_found_again_by_headings_in_any_order_and_case():
    assert signature(["Order Date", "客户"]) == signature(["客戶", "order_date"])
    assert signature(["a", "b"]) != signature(["a", "c"])


def test_columns_chosen_by_hand_take_the_options_of_the_generic_profile():
    chosen = chosen_profile("deal", {"阶段X": "stage", "号": "code"}, load_profile("deals"))
    (table,) = chosen.tables
    assert table.key == ("code",)
    assert table.columns[0].values["赢单"] == "won"


def test_every_mistake_of_a_profile_is_named_with_its_place():
    document = {
        "title": "x",
        "zone": "Mars/Olympus",
        "colour": 1,
        "table": [
            {"file": "a.csv", "entity": "customer", "key": ["name"], "columns": {"A": "nmae"}},
            {"file": "b.csv", "entity": "planet"},
            {
                "file": "c.csv",
                "entity": "ticket",
                "key": ["code"],
                "columns": {"a": {"field": "code", "as": "colour"}, "b": "code"},
                "states": {"New": {"status": "fresh"}},
            },
        ],
    }
    said = [str(problem) for problem in check_profile(document)]
    for words in (
        "Mars/Olympus is not a time zone",
        "colour is not a setting",
        "nmae is not one of",
        "no column gives name",
        "planet is not one of",
        "colour is not one of",
        "code is filled twice",
        "fresh is not one of",
        "no column gives raised_at",
    ):
        assert any(words in sentence for sentence in said), (words, said)
    with pytest.raises(BadProfile, match=r"mistakes\. The first: "):
        read_profile(document, "x")


def test_an_unknown_profile_names_the_known_ones():
    with pytest.raises(Refused, match="classicmodels"):
        load_profile("nothing")


def test_a_column_of_the_profile_that_the_file_lacks_is_reported():
    from import_help import read

    work, rows, _refused = read("code,name\n1,A\n", profile(columns={"Ort": "city"}))
    assert [str(problem) for problem in work.problems] == [
        "The column Ort of the profile is not in rows.csv."
    ]
    assert rows[0].values["city"] is None
