"""The messages about signing in, as the customer gets them."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from shop.accounts.emails import queue_account_exists, queue_code, queue_new_device, queue_password_changed
from shop.core.db import db
from tests.accounts.mail import mails_to, text_of
from tests.factories import make_customer

AT = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)


def queue_all(language: str) -> str:
    """Every message of this room once; to whom."""
    account = make_customer(email="noor@example.com")
    for purpose in ("sign_up", "reset", "other"):
        queue_code(purpose, "ABCD-2345", to=account.email, language=language, at=AT, person_id=account.person_id)
    queue_account_exists(account, language, AT)
    queue_password_changed(account, language, AT)
    queue_new_device(account, language, "Firefox, mobile", AT)
    db.session.commit()
    return account.email


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        (
            "nl",
            [
                "Je code voor een nieuw account",
                "Je code voor een nieuw wachtwoord",
                "Je code",
                "Je hebt al een account",
                "Je wachtwoord is gewijzigd",
                "Ingelogd met een nieuw apparaat",
            ],
        ),
        (
            "en",
            [
                "Your code for a new account",
                "Your code for a new password",
                "Your code",
                "You have an account already",
                "Your password is changed",
                "Signed in from a new device",
            ],
        ),
    ],
)
def test_each_message_is_complete_in_its_language(app: Flask, language: str, subjects: list[str]) -> None:
    mails = mails_to(queue_all(language))
    assert [mail["Subject"] for mail in mails] == subjects
    prefix = "http://localhost/en/account/" if language == "en" else "http://localhost/account/"
    for mail in mails:
        text = text_of(mail)
        html = mail.get_body(("html",))
        assert html is not None
        markup = html.get_content()
        for part in (text, markup):
            assert "SO SERA B.V." in part
            assert "Triasplein 121, 3845 GD Harderwijk" in part
            assert "80054811" in part
        assert f'lang="{language}"' in markup
        assert not re.search(r"<img|url\(|src=|background=", markup)
        assert "\n\n\n\n" not in text
        assert all(link.startswith(prefix) for link in re.findall(r"https?://\S+", text))


def test_the_code_stands_in_both_parts_and_not_in_the_subject(app: Flask) -> None:
    mail = mails_to(queue_all("nl"))[0]
    html = mail.get_body(("html",))
    assert html is not None
    assert "ABCD-2345" in text_of(mail)
    assert "ABCD-2345" in html.get_content()
    assert "ABCD" not in mail["Subject"]


def test_the_same_message_twice_is_two_messages(app: Flask) -> None:
    account = make_customer()
    for _turn in range(2):
        queue_password_changed(account, "nl", AT)
    db.session.commit()
    first, second = mails_to(account.email)
    assert first["Message-ID"] != second["Message-ID"]
