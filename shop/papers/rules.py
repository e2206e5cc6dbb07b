"""What papers say and how their sums are made: plain values in, plain values out."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from shop.core.clock import AMSTERDAM, local_date
from shop.core.errors import ShopError
from shop.core.money import vat_part_cents
from shop.pricing.rules import HOME, PricedLine, VatPart, spread

INVOICE, CREDIT_NOTE, RECEIPT = "invoice", "credit_note", "receipt"
ITEM, DELIVERY, CORRECTION = "item", "delivery", "correction"

QUEUED = timedelta(minutes=1)
"""Who waited for a number no longer than this was only in the queue; a clock that is further back is wrong."""

OSS_YEARS = 3
"""How much longer than seven years records of sales under OSS are kept (Implementing Regulation 282/2011, art. 63c)."""

LONGEST = 120

_UNSEEN = {"Cf", "Cc", "Co", "Cs", "Zl", "Zp"}  # bidi controls, zero width signs, line ends: nothing that is read
_JOINERS = "\u200c\u200d"  # scripts of some names need these


class DateWentBack(ShopError):
    """A paper would be dated before the one that was issued last: the clock is wrong, and somebody must look."""


class NothingToCredit(ShopError):
    """More would be credited than is left of an invoice."""


@dataclass(frozen=True)
class Party:
    """Who sells or who buys, as the law has it on an invoice: never an e-mail address or a telephone number."""

    name: str
    street: str
    postcode: str
    town: str
    country: str
    company: str = ""
    vat_number: str = ""
    kvk: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a paper, VAT included; the VAT inside it is set once, here."""

    kind: str
    name: str
    quantity: int
    gross_cents: int
    vat_cents: int
    basis_points: int
    discount_cents: int = 0  # what was taken off already

    @property
    def net_cents(self) -> int:
        """The line without VAT."""
        return self.gross_cents - self.vat_cents


@dataclass(frozen=True)
class Paper:
    """A receipt, an invoice or a credit note: all that it says, before anything is drawn."""

    kind: str
    number: str
    language: str
    issued_on: str
    order_number: str
    ordered_on: str
    seller: Party
    buyer: Party | None
    lines: tuple[Line, ...]
    supplied_on: str = ""
    paid_on: str = ""
    refers_to: str = ""
    refers_to_on: str = ""
    is_oss: bool = False
    back: tuple[Line, ...] = field(default=())  # on a receipt: what was paid back since

    @property
    def vat(self) -> tuple[VatPart, ...]:
        """The amounts and the VAT for each rate, highest rate first."""
        return parts_of(self.lines)

    @property
    def total_cents(self) -> int:
        """What the paper comes to, VAT included."""
        return sum(line.gross_cents for line in self.lines)

    @property
    def vat_cents(self) -> int:
        """All the VAT inside it."""
        return sum(line.vat_cents for line in self.lines)

    @property
    def net_cents(self) -> int:
        """What it comes to without VAT."""
        return self.total_cents - self.vat_cents


def as_data(paper: Paper) -> dict[str, Any]:
    """A paper as plain data, for JSON."""
    return asdict(paper)


def from_data(data: Mapping[str, Any]) -> Paper:
    """The paper that was made plain data."""
    told = dict(data)
    told["seller"] = Party(**told["seller"])
    told["buyer"] = Party(**told["buyer"]) if told["buyer"] else None
    for name in ("lines", "back"):
        told[name] = tuple(Line(**line) for line in told[name])
    return Paper(**told)


def party_of(
    *, name: str, street: str, postcode: str, town: str, country: str, company: str = "", vat_number: str = ""
) -> Party:
    """Who buys, in signs that can be seen and no longer than a paper bears."""
    return Party(
        name=seen_text(name),
        street=seen_text(street),
        postcode=seen_text(postcode, longest=12),
        town=seen_text(town),
        country=country,
        company=seen_text(company),
        vat_number=vat_number,
    )


def line_of(kind: str, name: str, priced: PricedLine) -> Line:
    """A line of a paper from a line of a purchase."""
    return Line(
        kind,
        name,
        priced.quantity,
        priced.total_cents,
        priced.vat_cents,
        priced.vat_basis_points,
        priced.discount_cents,
    )


def parts_of(lines: Iterable[Line]) -> tuple[VatPart, ...]:
    """What lines add up to for each rate, highest rate first: the VAT is that of the lines."""
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        gross, inside = found.get(line.basis_points, (0, 0))
        found[line.basis_points] = (gross + line.gross_cents, inside + line.vat_cents)
    return tuple(VatPart(rate, *found[rate]) for rate in sorted(found, reverse=True))


def less(whole: Iterable[VatPart], gone: Iterable[VatPart]) -> tuple[VatPart, ...]:
    """What is left of amounts after others were taken off, rate by rate."""
    left = {part.basis_points: (part.gross_cents, part.vat_cents) for part in whole}
    for part in gone:
        gross, inside = left.get(part.basis_points, (0, 0))
        left[part.basis_points] = (gross - part.gross_cents, inside - part.vat_cents)
    return tuple(VatPart(rate, *left[rate]) for rate in sorted(left, reverse=True))


def credit_lines(left: Sequence[VatPart], cents: int, wanted: Sequence[Line], *, name: str) -> tuple[Line, ...]:
    """What is paid back as lines that add up to it: the wanted lines, then the rest over the rates that still bear it.

    `left` is what was not yet credited. When all of it goes, its VAT goes to the cent, however often it was rounded.
    """
    bears = {part.basis_points: part for part in left if part.gross_cents or part.vat_cents}
    if not 0 < cents <= sum(part.gross_cents for part in left):
        raise NothingToCredit
    lines = list(wanted)
    if _exceeds(parts_of(lines), bears) or sum(line.gross_cents for line in lines) > cents:
        lines = []
    taken = {part.basis_points: part.gross_cents for part in parts_of(lines)}
    rest = cents - sum(taken.values())
    rates = sorted(bears, reverse=True)
    room = [max(0, bears[rate].gross_cents - taken.get(rate, 0)) for rate in rates]
    for rate, part in zip(rates, spread(rest, room), strict=True):
        if part:
            lines.append(Line(CORRECTION, name, 1, part, vat_part_cents(part, rate), rate))
    return _closed(lines, bears)


def _exceeds(parts: Iterable[VatPart], bears: Mapping[int, VatPart]) -> bool:
    return any(p.basis_points not in bears or p.gross_cents > bears[p.basis_points].gross_cents for p in parts)


def _closed(lines: Sequence[Line], bears: Mapping[int, VatPart]) -> tuple[Line, ...]:
    """The lines, with the last one of a rate that is now at nothing bearing the cents that rounding left."""
    closed = list(lines)
    for part in parts_of(lines):
        whole = bears[part.basis_points]
        if part.gross_cents == whole.gross_cents and part.vat_cents != whole.vat_cents:
            last = max(n for n, line in enumerate(closed) if line.basis_points == part.basis_points)
            mended = closed[last].vat_cents + whole.vat_cents - part.vat_cents
            closed[last] = replace(closed[last], vat_cents=mended)
    return tuple(closed)


Bucket = tuple[str, int]
"""Whose VAT, and at which rate: what the books and the quarterly return are kept by."""

Amounts = Mapping[Bucket, tuple[int, int]]
"""For each bucket the amount with VAT, and the VAT inside it."""


def share_out(left: Amounts, cents: int, wanted: Mapping[Bucket, int] | None = None) -> dict[Bucket, tuple[int, int]]:
    """Money that comes in or goes back, over the buckets that still bear it; what is wanted of each goes first."""
    whole = sum(gross for gross, _inside in left.values())
    cents = min(cents, whole)
    first = {bucket: min(amount, left[bucket][0]) for bucket, amount in (wanted or {}).items() if bucket in left}
    if sum(first.values()) > cents:
        first = {}
    buckets = sorted(left)
    room = [max(0, left[bucket][0] - first.get(bucket, 0)) for bucket in buckets]
    more = spread(cents - sum(first.values()), room)
    shared = {}
    for bucket, part in zip(buckets, more, strict=True):
        gross, inside = part + first.get(bucket, 0), left[bucket]
        vat_cents = inside[1] if gross == inside[0] else vat_part_cents(gross, bucket[1])
        if gross or vat_cents:
            shared[bucket] = (gross, vat_cents)
    return shared


def by_rate(amounts: Amounts) -> tuple[VatPart, ...]:
    """The same amounts rate by rate, whichever country's they are."""
    found: dict[int, tuple[int, int]] = {}
    for (_country, rate), (gross, inside) in amounts.items():
        known = found.get(rate, (0, 0))
        found[rate] = (known[0] + gross, known[1] + inside)
    return tuple(VatPart(rate, *found[rate]) for rate in sorted(found, reverse=True))


def parts_less(wholes: Iterable[Iterable[VatPart]], gone: Iterable[VatPart]) -> tuple[VatPart, ...]:
    """What several amounts together are more than another, rate by rate."""
    each = {(str(n), p.basis_points): (p.gross_cents, p.vat_cents) for n, whole in enumerate(wholes) for p in whole}
    return less(by_rate(each), gone)


def borne(owed: Iterable[VatPart], left: Iterable[VatPart]) -> tuple[VatPart, ...]:
    """How much of what is owed one invoice bears, rate by rate; what it bears wholly goes with all its VAT."""
    bears = {part.basis_points: part for part in left}
    found = []
    for part in owed:
        whole = bears.get(part.basis_points, VatPart(part.basis_points, 0, 0))
        if part.gross_cents <= whole.gross_cents and (part.gross_cents or part.vat_cents):
            found.append(part)
        elif 0 < whole.gross_cents < part.gross_cents:
            found.append(whole)
    return tuple(found)


def lines_for(owed: Sequence[VatPart], wanted: Sequence[Line], *, name: str) -> tuple[Line, ...]:
    """The lines of a credit note that come to what is owed at each rate, to the cent: the wanted ones, and the rest.

    The last line of a rate bears the cents by which its lines were rounded otherwise than the books.
    """
    due = {part.basis_points: part for part in owed}
    lines = [] if _exceeds(parts_of(wanted), due) else list(wanted)
    taken = {part.basis_points: part.gross_cents for part in parts_of(lines)}
    for rate, part in due.items():
        rest = part.gross_cents - taken.get(rate, 0)
        if rest or rate not in taken:
            lines.append(Line(CORRECTION, name, 1, rest, vat_part_cents(rest, rate), rate))
    return _closed(lines, due)


def gross_of(amounts: Amounts) -> int:
    """What amounts come to, VAT included."""
    return sum(gross for gross, _inside in amounts.values())


def added(some: Amounts, more: Amounts) -> dict[Bucket, tuple[int, int]]:
    """Two amounts together, bucket by bucket."""
    nothing = (0, 0)
    return {
        bucket: (
            some.get(bucket, nothing)[0] + more.get(bucket, nothing)[0],
            some.get(bucket, nothing)[1] + more.get(bucket, nothing)[1],
        )
        for bucket in {**some, **more}
    }


def without(some: Amounts, gone: Amounts) -> dict[Bucket, tuple[int, int]]:
    """Amounts less others, bucket by bucket."""
    return added(some, {bucket: (-gross, -inside) for bucket, (gross, inside) in gone.items()})


def over(some: Amounts, other: Amounts) -> dict[Bucket, tuple[int, int]]:
    """The buckets in which one amount is more than another, and by how much."""
    return {bucket: amount for bucket, amount in without(some, other).items() if amount[0] > 0}


def moved(known: Amounts, due: Amounts) -> dict[Bucket, tuple[int, int]]:
    """What leaves some buckets for others, so that what is known follows what is due; its sum is nothing.

    Where the amount is right already but its VAT was rounded otherwise, the cents of the VAT follow too.
    """
    surplus, deficit = over(known, due), over(due, known)
    cents = min(gross_of(surplus), gross_of(deficit))
    shift = without(share_out(deficit, cents), share_out(surplus, cents))
    even = {b: amount for b, amount in without(due, known).items() if amount[0] == 0 and amount[1]}
    return {bucket: amount for bucket, amount in added(shift, even).items() if any(amount)}


def number_of(year: int, sequence: int) -> str:
    """The number of an invoice or credit note: "2026-00001"."""
    return f"{year}-{sequence:05d}"


def moment_to_issue(at: datetime, last_at: datetime | None) -> datetime:
    """The moment that a paper carries: never before the last one; DateWentBack when the clock is a day behind."""
    if last_at is None or at >= last_at:
        return at
    if local_date(at) < local_date(last_at) and last_at - at > QUEUED:
        raise DateWentBack(f"the last one is of {local_date(last_at)}")
    return last_at


def counts_from(issued_at: datetime, *, is_oss: bool) -> datetime:
    """From which moment the seven years are counted: three years later for what OSS has the shop keep for ten."""
    local = issued_at.astimezone(AMSTERDAM)
    if not is_oss:
        return issued_at
    return local.replace(year=local.year + OSS_YEARS, day=min(local.day, 28)).astimezone(issued_at.tzinfo)


def last_day(issued_on: date, *, is_oss: bool, held_until: date | None = None) -> date:
    """The last day on which a document is kept: the end of its legal term, or of a hold that ends later."""
    ends = date(issued_on.year + 7 + (OSS_YEARS if is_oss else 0), 12, 31)
    return max(ends, held_until) if held_until else ends


def is_oss(country: str, on: date, *, since: date | None) -> bool:
    """Whether a sale is reported by OSS: taxed in another member state, on or after the day the shop went over."""
    return country != HOME and since is not None and on >= since


def quarter_of(on: date) -> tuple[int, int]:
    """The year and the quarter of a day."""
    return on.year, (on.month - 1) // 3 + 1


def days_of(year: int, quarter: int) -> tuple[date, date]:
    """The first day of a quarter, and the first day after it."""
    first = date(year, 3 * quarter - 2, 1)
    return first, date(year + quarter // 4, 3 * quarter % 12 + 1, 1)


def seen_text(text: str, *, longest: int = LONGEST) -> str:
    """A text without signs that nobody sees or that turn others round, and not longer than a paper bears."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if sign in "\n\r\t" else sign
        for sign in composed
        if sign in _JOINERS or sign in "\n\r\t" or unicodedata.category(sign) not in _UNSEEN
    )
    return " ".join(kept.split())[:longest]


def vat_number(text: str) -> str | None:
    """A VAT number of a member state as it is written officially, or None when its form or check digit is wrong."""
    try:
        found: str = vat.validate(text)
    except ValidationError:
        return None
    return found if found[:2].isalpha() else None
