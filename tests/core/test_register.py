"""What is not declared keeps the shop from starting, and is named."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shop.config import ROOT
from shop.core.db import Model
from shop.core.personal_data import (
    UNTIL_ERASED,
    Category,
    Erase,
    Event,
    Keep,
    Medium,
    Purpose,
    Register,
    RegisterError,
    RowWords,
    Store,
    declare_events,
    declare_row_term,
    declare_row_words,
    moment_of,
    path_to_subject,
    personal,
    plain,
    problems_in,
    subject,
)


class Base(DeclarativeBase):
    """Tables of these tests alone."""

    metadata = MetaData()


class People(Base):
    __tablename__ = "people"
    id: Mapped[int] = plain(primary_key=True)


class Purchases(Base):
    __tablename__ = "t_purchases"
    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[int | None] = subject("people.id")
    ended_at: Mapped[datetime | None] = plain(DateTime)


class Parts(Base):
    __tablename__ = "t_parts"
    id: Mapped[int] = plain(primary_key=True)
    purchase_id: Mapped[int] = subject("t_purchases.id")
    part_of: Mapped[int | None] = subject("t_parts.id")


declare_events("t_purchases", {Event.ORDER_ENDED: "ended_at"})


def problems_with(name: str, **columns: object) -> list[str]:
    """The problems of one more table beside a right register."""
    metadata = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    holder = type(name, (DeclarativeBase,), {"metadata": metadata, "__abstract__": True})
    annotations = dict.fromkeys(columns, Mapped[str | None])
    declare_row_words(name, RowWords("Row"))
    body = {"__tablename__": name, "__annotations__": annotations, "id": mapped_column(Integer, primary_key=True)}
    body["id"].column.info.update(plain().column.info)
    type(name, (holder,), {**body, **columns, "__module__": __name__})
    return problems_in(metadata)


def value(keep: Keep = UNTIL_ERASED, erase: Erase = Erase.DELETE, nullable: bool = True) -> object:
    """A personal column."""
    return personal(Category.NAME, Purpose.ACCOUNT, String(10), keep=keep, erase=erase, label="Name", nullable=nullable)


def address(identifies: bool | None) -> object:
    """A column with an e-mail address."""
    told = {"keep": UNTIL_ERASED, "label": "Address", "identifies": identifies}
    return personal(Category.EMAIL, Purpose.ACCOUNT, String(10), nullable=True, **told)  # type: ignore[arg-type]


def test_a_right_register_has_no_problems() -> None:
    assert problems_in(Base.metadata) == []
    assert problems_in(Model.metadata) == []


def test_an_undeclared_column_is_named() -> None:
    (problem,) = problems_with("t_one", shoe_size=mapped_column(String(3)))
    assert problem.startswith("column t_one.shoe_size is not declared")


def test_a_personal_column_that_leads_to_nobody_is_named() -> None:
    (problem,) = problems_with("t_two", nickname=value())
    assert problem.startswith("column t_two.nickname is personal, but no key leads")


def test_a_period_that_counts_from_a_moment_nowhere_is_named() -> None:
    (problem,) = problems_with("t_three", who=subject("people.id"), nickname=value(Keep(Event.LEFT, days=1)))
    assert problem == "column t_three.nickname is kept by LEFT, a moment no row of it has"


def test_a_period_may_count_from_the_moment_of_the_row_it_belongs_to() -> None:
    columns = {"purchase": subject("t_purchases.id"), "nickname": value(Keep(Event.ORDER_ENDED, days=1))}
    assert problems_with("t_four", **columns) == []


def test_a_blanked_column_that_may_not_be_empty_is_named() -> None:
    (problem,) = problems_with("t_five", who=subject("people.id"), nickname=value(erase=Erase.BLANK, nullable=False))
    assert problem == "column t_five.nickname is to be blanked, but may not be empty"


def test_an_e_mail_address_that_does_not_say_whether_it_identifies_is_named() -> None:
    (problem,) = problems_with("t_eight", who=subject("people.id"), email=address(None))
    assert problem.startswith("column t_eight.email is an e-mail address, but does not say whether it identifies")
    assert problems_with("t_nine", who=subject("people.id"), email=address(False)) == []


def test_personal_rows_that_nobody_has_a_word_for_are_named() -> None:
    metadata = MetaData()
    nickname = Column("nickname", String(10), info=value().column.info)  # type: ignore[attr-defined]
    Table("t_ten", metadata, nickname)
    assert "table t_ten has personal columns, but no __label__" in " ".join(problems_in(metadata))


def test_a_term_for_rows_without_its_moment_is_named() -> None:
    declare_row_term("t_six", Keep(Event.LAST_USED, days=1))
    (problem,) = problems_with("t_six", nickname=plain(String(3)))
    assert problem == "table t_six has a term for its rows, but no row of it has that moment"


def test_every_problem_is_told_at_once() -> None:
    assert len(problems_with("t_seven", nickname=value(), shoe_size=mapped_column(String(3)))) == 2


def _keys(table: Table) -> list[list[str]]:
    return [[column.name for column in path] for path in path_to_subject(table)]


def test_the_way_to_a_person_is_found_and_a_table_that_points_to_itself_does_not_turn_round() -> None:
    tables = Base.metadata.tables
    assert _keys(tables["people"]) == [[]]
    assert _keys(tables["t_parts"]) == [["purchase_id", "person_id"]]
    moment = moment_of(tables["t_parts"], Event.ORDER_ENDED)
    assert moment is not None
    assert [c.name for c in (*moment.keys, *moment.columns)] == ["purchase_id", "ended_at"]
    assert moment_of(tables["t_parts"], Event.LEFT) is None


def test_a_store_is_declared_once() -> None:
    register = Register()
    store = Store("notes", Medium.FILE, Purpose.SECURITY, "Notes", "a day")
    assert register.declare(store) is store
    assert register.declare(Store("notes", Medium.FILE, Purpose.SECURITY, "Notes", "a day")) == store
    with pytest.raises(RegisterError, match="notes is declared twice"):
        register.declare(Store("notes", Medium.LOG, Purpose.SECURITY, "Notes", "a day"))


def start_with(extra: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Start a shop in which somebody wrote something more."""
    program = dedent("""
        from pathlib import Path
        from shop.core.db import Model
        from shop.core.forms import ShopForm, TextField
        from sqlalchemy.orm import Mapped, mapped_column
    """) + dedent(extra)
    program += dedent("""
        from shop import create_app
        create_app()
        print("started")
    """)
    environment = {"SHOP_ENV": "test", "SHOP_INSTANCE_PATH": str(tmp_path), "PATH": ""}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_the_shop_does_not_start_with_a_column_that_is_not_declared(tmp_path: Path) -> None:
    done = start_with(
        """
        class Shoe(Model):
            __tablename__ = "shoes"
            id: Mapped[int] = mapped_column(primary_key=True)
            size: Mapped[int]
        """,
        tmp_path,
    )
    assert done.returncode != 0
    assert "started" not in done.stdout
    assert "RegisterError: column shoes.id is not declared" in done.stderr
    assert "column shoes.size is not declared" in done.stderr


def test_the_shop_does_not_start_with_a_form_field_that_goes_nowhere(tmp_path: Path) -> None:
    done = start_with(
        """
        class ShoeForm(ShopForm):
            size = TextField("Size")
        """,
        tmp_path,
    )
    assert done.returncode != 0
    assert "started" not in done.stdout
    assert "ShoeForm.size is bound to no declared column and is not transient()" in done.stderr


def test_the_shop_starts_with_nothing_extra(tmp_path: Path) -> None:
    assert start_with("", tmp_path).stdout == "started\n"
