"""A table that somebody adds is in page, download, schema, record and policy by its declarations alone."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from shop.config import ROOT

PROGRAM = """
    import io
    import json
    from zipfile import ZipFile
    from sqlalchemy.orm import Mapped
    from shop.core.db import Model, db
    from shop.core.personal_data import UNTIL_ERASED, Category, Purpose, personal, plain, subject

    class Shoe(Model):
        __tablename__ = "shoes"
        __label__ = "Pair of shoes"
        __named_by__ = "size"
        id: Mapped[int] = plain(primary_key=True)
        person_id: Mapped[str] = subject("people.id", index=True)
        size: Mapped[str] = personal(
            Category.PROVIDED, Purpose.DELIVERY, keep=UNTIL_ERASED, label="Size of your shoes", correct=True
        )

    from shop import create_app
    from shop.core import even
    from tests.factories import make_customer, sign_in
    from tests.page import Browser

    even.STEP = 0.001
    app = create_app()
    with app.app_context():
        Model.metadata.create_all(db.engine)
        account = make_customer()
        shoe = Shoe(person_id=account.person_id, size="zeven-en-veertig")
        db.session.add(shoe)
        db.session.commit()
        key = shoe.id
        browser = Browser(app)
        sign_in(browser, account)
        page = browser.get("/account/data")
        assert "Size of your shoes" in page.text and "zeven-en-veertig" in page.text
        with ZipFile(io.BytesIO(browser.get("/account/data/download").body)) as archive:
            told = json.loads(archive.read("gegevens.json"))
            assert told["data"]["shoes"][0]["values"] == {"size": "zeven-en-veertig"}
            assert "zeven-en-veertig" in archive.read("tabellen/shoes.csv").decode()
            assert "Size of your shoes" in archive.read("leesmij.html").decode()
        schema = json.loads(browser.get("/privacy/gegevens.schema.json").body)
        assert "shoes" in schema["properties"]["data"]["properties"]
        browser.get(f"/account/data/correct/shoes/{key}")
        browser.send(f"/account/data/correct/shoes/{key}", size="acht-en-veertig")
        assert "acht-en-veertig" in browser.get("/account/data").text
        record = app.test_cli_runner().invoke(args=["privacy", "record"]).output
        assert "Size of your shoes" in record
        assert "Size of your shoes" in browser.get("/privacy").text, "policy"
    print("everywhere")
"""


def test_a_declared_table_is_everywhere_without_another_line(tmp_path: Path) -> None:
    environment = {
        "SHOP_ENV": "test",
        "SHOP_INSTANCE_PATH": str(tmp_path),
        "SHOP_PUBLIC_URL": "http://localhost",
        "PATH": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", dedent(PROGRAM)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "everywhere\n", done.stderr[-3000:]
