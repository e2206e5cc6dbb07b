"""Requests about rights in the demo: one for each stage of the clock, a decided one, a breach, and an agreement."""

from datetime import datetime, timedelta

from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.core.personal_data import Role
from shop.people.models import StaffMember, StaffRole
from shop.privacy.actions.record import open_breach, set_processor
from shop.privacy.actions.requests import Asked, decide, take_in
from shop.privacy.rules import requests as rules

STORIES = (
    (rules.ACCESS, rules.EMAIL, 3, "Lotte van den Berg", "Graag zie ik wat jullie van mij hebben."),
    (rules.CORRECTION, rules.TELEPHONE, 22, "Tom Visser", "Mijn straatnaam is verkeerd gespeld."),
    (rules.ERASURE, rules.POST, 26, "Anna Schneider", "Verwijder mijn gegevens, ik bestel niet meer."),
    (rules.CHILD, rules.FORM, 0, "Ouder van Sem", "Onze zoon bestelde zonder dat wij het wisten."),
)


def load_rights(*, at: datetime) -> int:
    """Put invented requests on the desk; how many."""
    privacy = select(StaffRole.staff_id).where(StaffRole.role == Role.PRIVACY.value)
    member = db.session.scalars(select(StaffMember.id).where(StaffMember.id.in_(privacy))).first()
    for number, (kind, channel, days, name, message) in enumerate(STORIES):
        email = f"verzoek{number}@voorbeeld.invalid"
        received = clock.local_date(at - timedelta(days=days))
        take_in(Asked(kind, channel, "nl", received, email=email, known_email=email, name=name, message=message), at=at)
    if member is not None:
        done = take_in(
            Asked(
                rules.OBJECTION,
                rules.EMAIL,
                "nl",
                clock.local_date(at - timedelta(days=9)),
                email="verzoek9@voorbeeld.invalid",
                name="Marijn Peeters",
                message="Ik wil niet dat jullie mijn bestellingen tellen.",
            ),
            at=at,
        )
        reason = "We tellen alleen per dag en per artikel; daar is niemand in te vinden. Er valt dus niets te stoppen."
        decide(done.id, rules.PARTLY, reason=reason, staff_id=member, at=at)
        open_breach("Pakbon in de verkeerde doos", aware_at=at - timedelta(hours=20), recorded_by=member)
    set_processor("hosting", at=at, name="Voorbeeldhosting B.V.", role="processor", region="Nederland")
    return len(STORIES) + 1
