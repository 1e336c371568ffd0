"""4.3 Steps three and four of an import in the browser: dry run, decision, run, account, undo."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhangfa.imports.tasks import run_import
from zhangfa.records.models import Customer, Deal, ImportRun, Person, Product
from zhangfa.web import import_drafts, import_runs

pytestmark = pytest.mark.django_db
CUSTOMERS = """客户名称,统一社会信用代码,行业,城市
恒越精密有限公司,,机床,苏州
瑞丰食品厂,,食品,无锡
,,缺名,
"""
CRM = {
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\n",
    "accounts.csv": (
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Acme,medical,1996,1100.04,2822,United States,\n"
    ),
    "sales_teams.csv": "sales_agent,manager,regional_office\nAnna,Dustin,Central\n",
    "sales_pipeline.csv": (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Anna,GTXPro,Acme,Won,2016-10-20,2017-03-01,1054\n"
        "A2,Anna,GTX Pro,,Prospecting,,,\n"
    ),
}


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def officer():
    return Person.objects.create_user(
        "cheng", name="Cheng", roles=["policy_officer", "director"], language="en"
    )


def browser(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def brought(client, files) -> str:
    """Upload; the token of the draft."""
    uploads = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
    answer = client.post(reverse("import_new"), {"files": uploads})
    assert answer.status_code == 302, answer.content.decode()[:400]
    return answer["location"].strip("/").split("/")[-1]


def dry(client, token) -> str:
    whole = client.get(reverse("import_check", args=[token])).content.decode()
    assert "nothing is written" in whole
    return client.get(reverse("import_check", args=[token]) + "?part=1").content.decode()


def test_4_3_a_dry_run_shows_what_would_happen_and_writes_nothing(officer):
    client = browser(officer)
    token = brought(client, CRM)
    text = dry(client, token)
    assert "would be created" in text
    assert "A deal needs its customer." in text
    assert "Import 9 rows" in text or re.search(r"Import \d+ rows", text)
    assert not Customer.objects.exists()
    assert not ImportRun.objects.exists()


def test_4_3_a_proposed_merge_is_decided_and_taken_back(officer):
    client = browser(officer)
    token = brought(client, CRM)
    assert "Read it as GTX Pro" in dry(client, token)
    decision = {"entity": "product", "written": "GTXPro", "into": "GTX Pro"}
    client.post(reverse("import_check", args=[token]), decision)
    assert "GTXPro is read as GTX Pro" in dry(client, token)
    client.post(reverse("import_check", args=[token]), {**decision, "no": "1"})
    assert "Read it as GTX Pro" in dry(client, token)
    client.post(reverse("import_check", args=[token]), decision)
    client.post(reverse("import_start", args=[token]))
    assert Deal.objects.get(code="A1").product.name == "GTX Pro"
    assert not Product.objects.filter(name="GTXPro").exists()


def test_4_3_a_short_import_is_done_at_once_and_its_account_is_shown(officer):
    client = browser(officer)
    token = brought(client, CRM)
    answer = client.post(reverse("import_start", args=[token]), follow=True)
    text = answer.content.decode()
    run = ImportRun.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("import", args=[run.pk])
    assert "rows read" in text
    assert run.by == officer
    assert Customer.objects.get().name == "Acme"
    refused = client.get(reverse("import_refused", args=[run.pk]))
    assert "attachment" in refused["content-disposition"]
    assert "A2" in refused.content.decode("utf-8-sig")
    assert "A1" not in refused.content.decode("utf-8-sig")


def test_4_3_a_long_import_is_the_workers_and_a_bar_shows_how_far_it_is(officer, monkeypatch):
    monkeypatch.setattr(import_runs, "AT_ONCE", 1)
    deferred = {}
    monkeypatch.setattr(run_import, "defer", lambda **told: deferred.update(told))
    client = browser(officer)
    token = brought(client, CRM)
    text = client.post(reverse("import_start", args=[token]), follow=True).content.decode()
    assert 'hx-trigger="every 1s"' in text
    assert not Customer.objects.exists()
    address = reverse("import", args=[deferred["run"]])
    bar = client.get(f"{address}?part=1", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in bar
    run_import(**deferred)
    assert client.get(f"{address}?part=1", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    text = client.get(address).content.decode()
    assert "every 1s" not in text
    assert Customer.objects.exists()
    run_import(**deferred)
    assert Customer.objects.count() == 1, "a job done twice does nothing twice"


def test_4_3_a_job_whose_files_are_gone_says_so(officer, monkeypatch):
    monkeypatch.setattr(import_runs, "AT_ONCE", 1)
    deferred = {}
    monkeypatch.setattr(run_import, "defer", lambda **told: deferred.update(told))
    client = browser(officer)
    token = brought(client, CRM)
    client.post(reverse("import_start", args=[token]))
    import_drafts.draft_of(token, officer).discard()
    run_import(**deferred)
    text = client.get(reverse("import", args=[deferred["run"]])).content.decode()
    assert "nothing was written" in text


def test_4_3_an_import_is_undone_from_its_page(officer):
    client = browser(officer)
    client.post(reverse("import_start", args=[brought(client, CRM)]))
    run = ImportRun.objects.get()
    assert "Undo this import" in client.get(reverse("import", args=[run.pk])).content.decode()
    client.post(reverse("import_undo", args=[run.pk]))
    assert not Customer.objects.exists()
    text = client.get(reverse("import", args=[run.pk])).content.decode()
    assert "Taken back by Cheng" in text
    assert "Undo this import" not in text
    assert client.post(reverse("import_undo", args=[run.pk])).status_code == 422


def test_4_3_the_page_names_each_row_that_was_not_taken_back(officer):
    client = browser(officer)
    client.post(reverse("import_start", args=[brought(client, CRM)]))
    again = {**CRM, "accounts.csv": CRM["accounts.csv"].replace(",2822,", ",2900,")}
    client.post(reverse("import_start", args=[brought(client, again)]))
    run = ImportRun.objects.order_by("pk").last()
    Customer.objects.filter(name="Acme").update(headcount=3000)
    client.post(reverse("import_undo", args=[run.pk]))
    text = client.get(reverse("import", args=[run.pk])).content.decode()
    assert re.search(r"Not taken back.*<b>Acme</b>.*changed since", text, re.DOTALL)
    assert Customer.objects.get(name="Acme").headcount == 3000


def test_4_3_chinese_headings_chosen_by_hand_become_customers(officer):
    client = browser(officer)
    token = brought(client, {"客户.csv": CUSTOMERS})
    assert "客户名称" in client.get(reverse("import_draft", args=[token])).content.decode()
    client.post(reverse("import_start", args=[token]))
    names = set(Customer.objects.values_list("name", flat=True))
    assert names == {"恒越精密有限公司", "瑞丰食品厂"}
    one = Customer.objects.get(name="瑞丰食品厂")
    assert (one.industry, one.city) == ("食品", "无锡")
    assert one.initials.startswith("rf")
    run = ImportRun.objects.get()
    assert run.refused_file.count("缺名") == 1


def test_4_1_anothers_draft_and_run_are_not_found(officer):
    client = browser(officer)
    token = brought(client, CRM)
    seller = Person.objects.create_user("ann", name="Ann", roles=["seller"])
    lead = Person.objects.create_user("gu", name="Gu", roles=["supervisor"])
    for other in (seller, lead):
        assert browser(other).get(reverse("import_check", args=[token])).status_code == 404
        assert browser(other).post(reverse("import_start", args=[token])).status_code == 404
    client.post(reverse("import_start", args=[token]))
    run = ImportRun.objects.get()
    assert browser(seller).get(reverse("import", args=[run.pk])).status_code == 404
    assert run.at <= timezone.now()
