"""Making accounts, changing passwords, and keeping an address book."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from shop.accounts import codes, queries
from shop.accounts.emails import queue_account_exists, queue_idle, queue_password_changed
from shop.accounts.models import WHILE_USED, Account, Address, Code, SignInSession, month_of
from shop.accounts.rules import MOST_ADDRESSES
from shop.accounts.sessions import end_all_sessions
from shop.core import clock
from shop.core.db import db
from shop.core.errors import NotFound, ShopError
from shop.core.outbox import OutboxRow
from shop.people.actions import new_person
from shop.people.models import Person
from shop.people.queries import is_restricted

UNCONFIRMED_LIFE = timedelta(days=1)
WARNED_BEFORE = timedelta(days=28)  # nobody's account goes sooner after the message that says so


class AddressBookFull(ShopError):
    """There are as many addresses in the book as it holds."""


def ask_to_sign_up(email: str, password_hash: str, language: str, binding: str, at: datetime) -> None:
    """Mail a code to a new address; to a known one, that there is an account already. The caller commits."""
    account = queries.account_by_email(email)
    if account is not None and account.confirmed_at is not None:
        queue_account_exists(account, language, at)
        return
    if account is None:
        account = _unconfirmed_account(email, language, at)
    codes.issue_code(
        account.person_id,
        codes.SIGN_UP,
        email,
        language,
        at,
        binding=binding,
        new_password_hash=password_hash,
    )


def _unconfirmed_account(email: str, language: str, at: datetime) -> Account:
    try:
        with db.session.begin_nested():
            person = new_person(language, at=at)
            account = Account(person_id=person.id, email=email, created_at=at)
            db.session.add(account)
            db.session.flush()
            return account
    except IntegrityError:  # somebody made it a moment ago
        return db.session.scalars(select(Account).where(Account.email == email)).one()


def confirm_sign_up(email: str, typed_code: str, binding: str, at: datetime) -> Account | None:
    """The account, now confirmed and with its password, when the code is right. The caller commits in both cases."""
    account = queries.account_by_email(email)
    if account is None:
        return None
    code = codes.check_code(account.person_id, codes.SIGN_UP, typed_code, at, binding=binding)
    if code is None or account.confirmed_at is not None:
        return None
    account.password_hash = code.new_password_hash
    code.new_password_hash = ""
    account.confirmed_at = at
    end_all_sessions(account.person_id)
    return account


def note_use(account: Account, day: date) -> None:
    """Remember the month of the last sign-in, and nothing more exact. The caller commits."""
    if account.last_used_on != month_of(day) or account.idle_warned_on is not None:
        account.last_used_on, account.idle_warned_on = month_of(day), None


def warn_idle(at: datetime, *, limit: int = 200) -> int:
    """Tell those who have not signed in for 24 months that their account goes; how many. The caller commits."""
    warned = 0
    for account in queries.idle_accounts(at, limit):
        account.idle_warned_on = clock.local_date(at)
        if not is_restricted(account.person_id):
            queue_idle(account, goes_on=goes_on(account), at=at)
        warned += 1
    db.session.flush()
    return warned


def goes_on(account: Account) -> date:
    """The last day of an account that is not used again: at the end of its term, four weeks after the warning."""
    end = WHILE_USED.last_day(account.last_used_on)
    assert end is not None
    return max(end, account.idle_warned_on + WARNED_BEFORE) if account.idle_warned_on else end


def ask_to_reset(email: str, language: str, binding: str, at: datetime) -> None:
    """Mail a code to the address if it has an account; to no other address anything. The caller commits.

    For another address the same is done and taken back, so that both cost the same.
    """
    account = queries.account_by_email(email)
    if account is not None:
        codes.issue_code(account.person_id, codes.RESET, email, language, at, binding=binding)
        return
    with db.session.begin_nested() as taken_back:
        codes.issue_code(new_person(language, at=at).id, codes.RESET, email, language, at, binding=binding)
        taken_back.rollback()


def reset_password(
    email: str, typed_code: str, binding: str, password_hash: str, language: str, at: datetime
) -> Account | None:
    """The account with its new password, when the code is right. The caller commits in both cases."""
    account = queries.account_by_email(email)
    if account is None:
        return None
    if codes.check_code(account.person_id, codes.RESET, typed_code, at, binding=binding) is None:
        return None
    account.confirmed_at = account.confirmed_at or at
    change_password(account, password_hash, language, at)
    return account


def change_password(account: Account, password_hash: str, language: str, at: datetime) -> None:
    """Give an account another password: everybody is signed out, and its owner gets a mail. The caller commits."""
    account.password_hash = password_hash
    end_all_sessions(account.person_id)
    queue_password_changed(account, language, at)


def change_name(account: Account, given_name: str | None, family_name: str | None) -> None:
    """How the shop may address somebody; empty is fine. The caller commits."""
    account.given_name = given_name or None
    account.family_name = family_name or None


def save_address(
    person_id: str, values: Mapping[str, str], *, address_id: int | None = None, is_default: bool = False
) -> Address:
    """Put an address in somebody's book, or change one in it; the first one is the usual one. The caller commits.

    Raises NotFound for an address of somebody else, AddressBookFull beyond the most a book holds.
    """
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    if address_id is None:
        kept = queries.number_of_addresses(person_id)
        if kept >= MOST_ADDRESSES:
            raise AddressBookFull
        address = Address(person_id=person_id, is_default=kept == 0)
        db.session.add(address)
    else:
        address = _own_address(person_id, address_id)
    for name, value in values.items():
        setattr(address, name, value)
    db.session.flush()
    if is_default:
        make_default(person_id, address.id)
    return address


def make_default(person_id: str, address_id: int) -> None:
    """Say which address is the usual one. The caller commits."""
    chosen = _own_address(person_id, address_id)
    for address in queries.addresses_of(person_id):
        address.is_default = address is chosen


def remove_address(person_id: str, address_id: int) -> None:
    """Take an address out of somebody's book; if it was the usual one, the newest is that now. The caller commits."""
    address = _own_address(person_id, address_id)
    db.session.delete(address)
    db.session.flush()
    if address.is_default:
        newest = select(func.max(Address.id)).where(Address.person_id == person_id).scalar_subquery()
        db.session.execute(update(Address).where(Address.id == newest).values(is_default=True))


def _own_address(person_id: str, address_id: int) -> Address:
    address = queries.address_of(person_id, address_id)
    if address is None:
        raise NotFound
    return address


def forget_unconfirmed(at: datetime, limit: int = 200) -> int:
    """Take away accounts whose code never came back: the address may be that of somebody who never asked.

    The caller commits. A person about whom anything else is known stays.
    """
    forgotten = 0
    old = select(Account).where(Account.confirmed_at.is_(None), Account.created_at < at - UNCONFIRMED_LIFE)
    for account in db.session.scalars(old.order_by(Account.id).limit(limit)).all():
        forgotten += _forget(account.id, account.person_id, at)
    return forgotten


def _forget(account_id: int, person_id: str, at: datetime) -> bool:
    waiting = select(Code.id).where(Code.person_id == person_id, Code.expires_at > at)
    if db.session.scalar(waiting.limit(1)) is not None:
        return False
    try:
        with db.session.begin_nested():
            for table in (Code, SignInSession, OutboxRow):
                db.session.execute(delete(table).where(table.person_id == person_id))
            db.session.execute(delete(Account).where(Account.id == account_id, Account.confirmed_at.is_(None)))
            db.session.execute(delete(Person).where(Person.id == person_id))
    except IntegrityError:
        return False
    return True
