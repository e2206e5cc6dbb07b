"""Who can sign in to the demo: one customer and four members of staff."""

from datetime import datetime, timedelta

from shop.accounts.models import Account, Address
from shop.core.db import db
from shop.core.personal_data import Role
from shop.people.actions import new_person
from shop.staff.actions import create_member, new_credentials

PASSWORD = "demo-wachtwoord-1"  # noqa: S105 - printed at every start; production refuses to open with it
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
CUSTOMER = "klant@example.com"
STAFF = (
    ("eigenaar@example.com", "Sera (eigenaar)", Role.OWNER),
    ("magazijn@example.com", "Bram (magazijn)", Role.FULFILMENT),
    ("privacy@example.com", "Noor (privacy)", Role.PRIVACY),
    ("boekhouding@example.com", "Joost (boekhouding)", Role.BOOKKEEPING),
)


def load_people(*, at: datetime) -> Account:
    """Make the demo's sign-ins; the customer's account comes back."""
    credentials = new_credentials(password=PASSWORD, totp_secret=TOTP_SECRET)
    for email, name, role in STAFF:
        create_member(email=email, name=name, roles=[role.value], credentials=credentials, at=at)
    since = at - timedelta(days=70)
    person = new_person("nl", at=since)
    account = Account(
        person_id=person.id,
        email=CUSTOMER,
        given_name="Sanne",
        family_name="de Vries",
        password_hash=credentials.password_hash,
        confirmed_at=since,
        created_at=since,
    )
    db.session.add(account)
    for given, family, street, number, postcode, town, is_default in (
        ("Sanne", "de Vries", "Smeepoortstraat", "14", "3841 EK", "Harderwijk", True),
        ("Pieter", "de Vries", "Oude Gracht", "231", "3511 NJ", "Utrecht", False),
    ):
        db.session.add(
            Address(
                person_id=person.id,
                given_name=given,
                family_name=family,
                street=street,
                house_number=number,
                addition="",
                postcode=postcode,
                town=town,
                country="NL",
                is_default=is_default,
            )
        )
    db.session.flush()
    return account
