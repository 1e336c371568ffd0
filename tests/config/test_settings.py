"""What every page is sent with, and what production insists on."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import RequestFactory, override_settings

from zhangfa.config import csp, places


def production(tmp_path: Path, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("ZHANGFA_")},
            "DJANGO_SETTINGS_MODULE": "zhangfa.config.settings",
            "PYTHONPATH": str(places.PACKAGE.parent),
            "ZHANGFA_ENV": "production",
            "ZHANGFA_HOME": str(tmp_path),
            "ZHANGFA_HOSTS": "crm.example",
            "DATABASE_URL": "postgresql://owner:x@127.0.0.1:1/zhangfa",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_of_production_is_clean(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='WARNING')"
    )
    done = production(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    first = places.secret(path)
    assert len(first) >= 50
    assert places.secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("host", "stream"),
    [
        ("localhost:8000", "http://localhost:8001"),
        ("192.168.1.20:8000", "http://192.168.1.20:8001"),
        ("[::1]:8000", "http://[::1]:8001"),
    ],
)
@override_settings(EVENTS_PORT=8001, EVENTS_URL="", ALLOWED_HOSTS=["*"])
def test_the_policy_names_the_event_stream_and_nothing_else(host: str, stream: str) -> None:
    header = csp.policy(RequestFactory().get("/", headers={"host": host}))
    assert f"connect-src 'self' {stream}" in header
    assert "default-src 'self'" in header
    assert "unsafe" not in header


@override_settings(EVENTS_URL="/events")
def test_behind_a_proxy_everything_has_one_address() -> None:
    header = csp.policy(RequestFactory().get("/"))
    assert header.endswith("connect-src 'self'")


def test_an_unknown_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGFA_ENV", "prod")
    with pytest.raises(ValueError, match="production"):
        places.environment()


@pytest.mark.django_db
def test_nobody_signs_up_and_unknown_names_get_the_same_answer(client) -> None:
    assert b"password1" not in client.get("/account/signup/").content


@pytest.mark.django_db
def test_health_names_database_and_migrations(client) -> None:
    told = client.get("/healthz", headers={"host": "anything.example"})
    found = told.json()
    assert told.status_code == 200
    assert found["database"] == found["migrations"] == "ok"
    assert found["worker"] == "none"
    assert found["hub"] == "down"
