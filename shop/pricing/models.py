"""VAT rates by country, class and date."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.personal_data import plain


class VatRate(Model):
    """The rate of one VAT class in one country from a date on, in hundredths of a percent (21 % is 2100)."""

    __tablename__ = "vat_rates"
    __table_args__ = (
        UniqueConstraint("country", "vat_class", "from_on"),
        CheckConstraint("basis_points BETWEEN 0 AND 5000", name="basis_points_range"),
    )

    id: Mapped[int] = plain(primary_key=True)
    country: Mapped[str] = plain(String(2))
    vat_class: Mapped[str] = plain(String(10))
    basis_points: Mapped[int] = plain()
    from_on: Mapped[date] = plain()
