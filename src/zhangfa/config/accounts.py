"""Who may get an account: the people whom the company enters, nobody by signing up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest


class CompanyAccounts(DefaultAccountAdapter):
    """allauth asks here what this installation allows."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come from the list of people (4.1)."""
        return False

    def get_user_search_fields(self) -> list[str]:
        return ["username", "name", "email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Usernames are entered with the person, never made up."""


class SignedIn(AuthenticationBackend):
    """Who is asking, with whose rows they may see, in one statement."""

    def get_user(self, user_id: Any) -> Any:
        from zhangfa.records.signed_in import person_signed_in

        person = person_signed_in(int(user_id))
        return person if person is not None and self.user_can_authenticate(person) else None
