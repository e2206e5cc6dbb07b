"""`python -m tests.bench`: CPU of a page against references made in the same run, in alternating rounds."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask, render_template_string
from sqlalchemy import event, select
from sqlalchemy.orm import selectinload

from shop import create_app
from shop.catalogue.models import Product
from shop.core.db import Model, db
from shop.payments.simulator import SimulatorServer
from tests.conftest import empty, settings
from tests.factories import make_product, make_shipping

ROUNDS, CALLS = 7, 60

MINIMAL = (
    "<!doctype html><title>{{ p.name_nl }}</title><h1>{{ p.name_nl }}</h1>"
    "{% for v in p.variants %}{{ v.price_cents }}{% endfor %}"
)


def hello_app() -> Flask:
    """The smallest Flask app there is."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def cpu_of(call: Callable[[], Any]) -> float:
    """Microseconds of CPU for one call, over many."""
    began = time.process_time()
    for _call in range(CALLS):
        call()
    return (time.process_time() - began) / CALLS * 1_000_000


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    told: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, SimulatorServer() as mollie:
        folder = Path(name)
        app = create_app(settings(folder, f"sqlite:///{folder / 'shop.sqlite'}", mollie.base_url))
        with app.app_context():
            Model.metadata.create_all(db.engine)
            empty(app)
            make_shipping()
            products = [make_product(variants=3) for _n in range(60)]
            slug = products[0].slug
        add_minimal_page(app)
        hello = hello_app().test_client()
        shop = app.test_client()
        pages = {
            "bare Flask hello (reference)": lambda: hello.get("/"),
            "minimal ORM page (reference)": lambda: shop.get(f"/minimal/{slug}"),
            "product page": lambda: shop.get(f"/products/{slug}"),
            "search, first page": lambda: shop.get("/search?q=theepot"),
            "home": lambda: shop.get("/"),
        }
        for call in pages.values():
            assert call().status_code == 200
        rounds: dict[str, list[float]] = {name: [] for name in pages}
        for _round in range(ROUNDS):
            for page, call in pages.items():
                rounds[page].append(cpu_of(call))
        hello_cpu = median(rounds["bare Flask hello (reference)"])
        minimal_cpu = median(rounds["minimal ORM page (reference)"])
        print(f"{'page':34}{'µs CPU':>9}{'× hello':>9}{'× minimal':>11}{'statements':>12}")
        for page, call in pages.items():
            with counted(app) as told:
                call()
            cpu = median(rounds[page])
            asked = sum(not s.startswith(("BEGIN", "PRAGMA")) for s in told)
            print(f"{page:34}{cpu:9.0f}{cpu / hello_cpu:9.1f}{cpu / minimal_cpu:11.1f}{asked:12}")


def add_minimal_page(app: Flask) -> None:
    """A product page as small as an ORM and a template make it."""

    def minimal(slug: str) -> str:
        question = select(Product).where(Product.slug == slug).options(selectinload(Product.variants))
        return render_template_string(MINIMAL, p=db.session.scalar(question))

    app._got_first_request = False
    app.add_url_rule("/minimal/<slug>", "minimal", minimal)


if __name__ == "__main__":
    main()
