"""What people asked the demo shop: waiting, answered, closed, put apart; and the owner's own privacy policy."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile

from flask import current_app
from sqlalchemy import select

from shop.accounts.models import Account
from shop.contact import actions, rules
from shop.contact.actions import Question
from shop.contact.models import AnswerTemplate, ContactThread
from shop.core.db import db
from shop.people.models import StaffMember

TEMPLATES = (
    (
        "Bezorging duurt langer",
        "Hallo,\n\nJe pakket is onderweg, maar het duurt langer dan we dachten. Zodra we meer weten, hoor je het.\n\n"
        "Groet,\nSo Sera",
        "Hello,\n\nYour parcel is on its way, but it takes longer than we thought. You hear from us soon.\n\n"
        "Kind regards,\nSo Sera",
    ),
    (
        "Retour is goed",
        "Hallo,\n\nJe kunt het artikel terugsturen of langsbrengen in Harderwijk. Doe er je bestelnummer bij.\n\n"
        "Groet,\nSo Sera",
        "Hello,\n\nYou can send the product back or bring it to Harderwijk. Please add your order number.\n\n"
        "Kind regards,\nSo Sera",
    ),
)


@dataclass(frozen=True)
class Asked:
    """One question of the demo: how long ago, by whom, and what became of it."""

    hours_ago: float
    topic: str
    text: str
    email: str | None = None  # none is the customer with the account
    name: str | None = None
    answer: str = ""
    call: str = ""
    is_closed: bool = False
    suspicion: str = ""


QUESTIONS = (
    Asked(
        24 * 21,
        "product",
        "Kan de ontbijtkom in de vaatwasser?",
        "lotte.vandenberg@voorbeeld.invalid",
        "Lotte",
        answer="Ja, dat kan. Zet hem liever niet tegen ander servies aan.",
        is_closed=True,
    ),
    Asked(
        24 * 5,
        "return",
        "Een van de servetten heeft een gaatje. Wat nu?",
        answer="Wat vervelend. We sturen je een nieuw servet, het kapotte mag je houden.",
        call="Klant belde: het nieuwe servet is binnen, alles is goed.",
    ),
    Asked(24 * 4.5, "order", "Kan mijn pakket ook op zaterdag komen?", "tom.visser@voorbeeld.invalid", "Tom Visser"),
    Asked(
        7, "privacy", "Mijn BSN is 111222333, hebben jullie dat nodig voor de factuur?", "f.elidrissi@voorbeeld.invalid"
    ),
    Asked(2, "product", "Hoe lang brandt de geurkaars met ceder?", "anna.schneider@voorbeeld.invalid", "Anna"),
    Asked(
        1, "other", "Get 10.000 visitors! http://a.example http://b.example", "x@voorbeeld.invalid", suspicion="trap"
    ),
)


def load_statement() -> None:
    """Put the owner's published policy where the shop reads the owner's own text, if none is there."""
    target = Path(current_app.config["INSTANCE_PATH"]) / "statements" / "privacy.nl.txt"
    if not target.exists() and not target.with_suffix(".md").exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        copyfile(Path(__file__).parent / "statements" / "privacy.nl.txt", target)


def load_contact(account: Account, *, at: datetime) -> int:
    """Write every question with its answers; how many there are. No mail goes out for what is long past."""
    db.session.add_all(
        AnswerTemplate(title=title, text_nl=dutch, text_en=english) for title, dutch, english in TEMPLATES
    )
    owner = db.session.scalars(select(StaffMember.id).order_by(StaffMember.id)).first()
    assert owner is not None
    for asked in QUESTIONS:
        _tell(asked, account, owner, at - timedelta(hours=asked.hours_ago))
    return len(QUESTIONS)


def _tell(asked: Asked, account: Account, owner: int, at: datetime) -> None:
    question = Question(
        topic=asked.topic,
        text=asked.text,
        language="nl",
        email=asked.email or account.email,
        name=asked.name or (None if asked.email else account.given_name),
        person_id=None if asked.email else account.person_id,
        suspicion=asked.suspicion,
    )
    thread = actions.ask(question, receipt=secrets.token_urlsafe(32), is_mailed=False, at=at)
    if asked.answer:
        _say(thread, rules.STAFF, asked.answer, owner, at + timedelta(hours=5))
    if asked.call:
        _say(thread, rules.TELEPHONE, asked.call, owner, at + timedelta(hours=50))
    if asked.is_closed:
        actions.close(thread, seen=2**31 - 1, at=at + timedelta(hours=60))


def _say(thread: ContactThread, kind: str, text: str, owner: int, at: datetime) -> None:
    actions.note_past(thread, kind, text, staff_id=owner, at=at)
