"""`python -m tests.bench.rights [--postgresql URL] [--many N]`: one customer's rights among 1,000 and 1,000,000 orders.

Preview, download and erasure of somebody with three orders, in turns, each measured anew: the middle of the times.
With --postgresql two databases are made and removed again on that server.
"""

import argparse
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg
from flask import Flask
from sqlalchemy import make_url, text

from shop import create_app
from shop.core import clock
from shop.core.db import Model, db, is_postgresql, writing
from shop.demo.scale import load_orders
from shop.privacy import export
from shop.privacy.actions import erasing
from shop.privacy.queries.erasing import plan_for
from shop.privacy.queries.people import people_with_address
from shop.privacy.queries.receipts import preview_of
from shop.privacy.subjects import Subject
from tests.conftest import empty, settings
from tests.factories import make_customer, make_order, make_product

ROUNDS = 9
FEW, MANY = 1_000, 1_000_000
LIMIT = 3.0

Times = dict[str, list[tuple[float, float]]]


def measured(times: Times, what: str, call: Callable[[], object]) -> None:
    """Note the processor's and the clock's milliseconds of one call."""
    processor, wall = time.process_time(), time.perf_counter()
    call()
    times.setdefault(what, []).append((time.process_time() - processor, time.perf_counter() - wall))


def one_round(app: Flask, times: Times) -> None:
    """Somebody comes, buys three times, looks, takes everything along and goes."""
    product = make_product(stock=10)
    account = make_customer()
    for status in ("completed", "completed", "canceled"):
        make_order((product, 1), account=account, status=status)
    person, email = account.person_id, account.email
    subject = Subject((person,), email, account, True)
    identity = app.extensions["identity"]
    erasures: list[int] = []

    def erase() -> None:
        with writing():
            erasures.append(erasing.accept([person], language="nl", at=clock.now(), mails=False).id)
            db.session.commit()
        assert erasing.carry_out(erasures[0], clock.now())
        assert erasing.finish(erasures[0], clock.now(), patience=5)

    db.session.rollback()
    measured(times, "preview", lambda: preview_of(plan_for(people_with_address(email))))
    db.session.rollback()
    measured(times, "download", lambda: b"".join(export.download(subject, identity, clock.now())))
    db.session.rollback()
    measured(times, "erasure", erase)


@contextmanager
def shop_with(orders: int, server: str, folder: Path) -> Iterator[Flask]:
    """A shop with so many orders."""
    name = f"bench_{secrets.token_hex(4)}"
    url = f"sqlite:///{folder / 'shop.sqlite'}"
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        url = make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(False)
    app = create_app(settings(folder, url, "http://127.0.0.1:9"))
    try:
        with app.app_context():
            Model.metadata.create_all(db.engine)
            empty(app)
            began = time.perf_counter()
            with writing():
                load_orders(orders, at=clock.now())
                db.session.commit()
            if is_postgresql():
                with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            print(f"{orders:>9,} orders in {time.perf_counter() - began:.0f} s", flush=True)
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> bool:
    """Measure and print; whether all stays within the limit."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--postgresql", default="", metavar="URL")
    told.add_argument("--many", type=int, default=MANY)
    chosen = told.parse_args()
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        shop_with(FEW, chosen.postgresql, Path(one)) as few,
        shop_with(chosen.many, chosen.postgresql, Path(other)) as many,
    ):
        found: dict[int, Times] = {FEW: {}, chosen.many: {}}
        for turn in range(ROUNDS + 1):
            for size, app in ((FEW, few), (chosen.many, many)):
                with app.app_context(), app.test_request_context():
                    one_round(app, found[size] if turn else {})  # the first round warms up
                    db.session.remove()
    head = f"ms, median of {ROUNDS}"
    few_, many_ = "1,000", f"{chosen.many:,}"
    print(f"{head:20}{'CPU: ' + few_:>12}{many_:>12}{'×':>6}{'wall: ' + few_:>15}{many_:>12}{'×':>6}")
    is_within = True
    for what in found[FEW]:
        (cpu, wall), (cpu_many, wall_many) = (
            tuple(median(pair[place] for pair in found[size][what]) * 1000 for place in (0, 1)) for size in found
        )
        cpus, walls = f"{cpu:12.1f}{cpu_many:12.1f}{cpu_many / cpu:6.2f}", f"{wall:15.1f}{wall_many:12.1f}"
        print(f"{what:20}{cpus}{walls}{wall_many / wall:6.2f}")
        is_within &= wall_many / wall < LIMIT
    return is_within


if __name__ == "__main__":
    raise SystemExit(not main())
