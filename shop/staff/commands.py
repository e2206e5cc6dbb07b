"""Commands of the back office: the first member of staff is made here."""

import io

import click
import segno
from flask import Flask, current_app
from flask.cli import AppGroup

from shop.core import clock
from shop.core.db import db, writing
from shop.core.identity import Identity
from shop.core.personal_data import Role
from shop.people.actions import record_audit
from shop.people.ledger import adopt_when_empty
from shop.staff import actions
from shop.staff.second_factor import setup_address

staff = AppGroup("staff", help="Who works here.")


@staff.command("create")
@click.option("--email", required=True, help="The work e-mail address to sign in with.")
@click.option("--name", required=True, help="How colleagues know this member.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What this member may do; may be given more than once.",
)
def create(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Make a sign-in for the back office; prints its password and second factor once."""
    adopt_when_empty()
    now, made = clock.now(), actions.new_credentials()
    with writing():
        try:
            member = actions.create_member(
                email=email.strip(), name=name.strip(), roles=roles, credentials=made, at=now
            )
        except actions.EmailInUse:
            raise click.ClickException("this e-mail address is in use already") from None
        record_audit(
            "member.created", staff_id=None, role="command", object_kind="member", object_key=str(member.id), at=now
        )
        db.session.commit()
    identity: Identity = current_app.extensions["identity"]
    address = setup_address(made.totp_secret, email=member.email, shop=identity.name)
    click.echo(f"Password: {made.password}")
    click.echo(f"Second factor: {address}")
    picture = io.StringIO()
    segno.make_qr(address, error="m").save(picture, kind="txt", border=2)
    click.echo(_in_blocks(picture.getvalue().split()))
    click.echo("Neither is shown again. The password can be changed after signing in.")


def _in_blocks(rows: list[str]) -> str:
    """A QR code of zeros and ones for the terminal: two rows in one line, light on dark."""
    signs = {("0", "0"): "█", ("0", "1"): "▀", ("1", "0"): "▄", ("1", "1"): " "}
    pairs = zip(rows[::2], [*rows[1::2], "0" * len(rows[0])], strict=False)
    return "\n".join("".join(signs[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
    app.cli.add_command(staff)
