"""Commands that run the shop and look after it."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app

from shop.core import clock
from shop.core.outbox import carry_out_due
from shop.core.overwriting import overwrite_log
from shop.operations import backups
from shop.operations.doctor import NotFit, findings, refuse_unfit_production
from shop.operations.queries import broken_invariants
from shop.operations.sealed import SealBroken
from shop.operations.server import serve_all, serve_site
from shop.operations.worker import run_worker, stop_on_signals
from shop.payments.simulator import serve as serve_simulator
from shop.people.ledger import LedgerBroken, replay
from shop.privacy.commands import retain


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="The port; PORT or 8000 otherwise.")
def serve(host: str, port: int | None) -> None:
    """Serve the site with waitress until SIGTERM or Ctrl-C."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        refuse_unfit_production(app)
    except NotFit as problem:
        raise click.ClickException(f"this shop may not open yet: {problem}") from None
    serve_site(app, host=host, port=port or app.config["PORT"])


@click.command("serve-all")
def serve_everything() -> None:
    """Serve the site with worker and Mollie simulator, in one terminal."""
    sys.exit(serve_all(current_app._get_current_object()))  # type: ignore[attr-defined]


@click.command("worker")
def worker() -> None:
    """Carry out the outbox and the jobs that return, until SIGTERM or Ctrl-C."""
    run_worker(current_app._get_current_object(), stops=stop_on_signals())  # type: ignore[attr-defined]


@click.command("mollie-simulator")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="The port; the site's plus one otherwise.")
@click.option("--controls", is_flag=True, help="Let tests break things through /_control.")
def mollie_simulator(port: int | None, controls: bool) -> None:
    """Run the shop's own Mollie simulator, on this machine only; never in production."""
    if current_app.config["ENVIRONMENT"] == "production" or current_app.config["MOLLIE_API_KEY"].startswith("live_"):
        raise click.ClickException("the simulator does not run in production, nor beside a live key")
    state = current_app.config["INSTANCE_PATH"] / "mollie-simulator.sqlite"
    serve_simulator(port or current_app.config["PORT"] + 1, state, controls=controls)


@click.command("doctor")
def doctor() -> None:
    """Say what is missing or wrong; exit status 1 when something serious is."""
    found = findings(current_app._get_current_object())  # type: ignore[attr-defined]
    for finding in found:
        click.echo(f"{'SERIOUS' if finding.is_serious else 'note   '}  {finding.text}")
    if not found:
        click.echo("All is well.")
    sys.exit(any(finding.is_serious for finding in found))


@click.command("invariants")
def invariants() -> None:
    """Check what must always hold (I1 to I9); exit status 1 with what is wrong."""
    problems = broken_invariants()
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("All invariants hold.")
    sys.exit(bool(problems))


@click.group("mail")
def mail() -> None:
    """Messages that wait to be sent."""


@mail.command("send")
def send() -> None:
    """Carry out everything in the outbox that is due now."""
    click.echo(f"{carry_out_due(limit=10_000)} done.")


@click.group("backup")
def backup() -> None:
    """Copies of the shop that bring nobody back who was erased."""


@backup.command("create")
def create_backup() -> None:
    """Write an encrypted backup, also while the shop serves; remove all but those of 7 days, 4 weeks, 12 months."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    folder, now = Path(app.config["BACKUP_PATH"]), clock.now()
    if len(app.config["BACKUP_KEY"]) < 32:
        raise click.ClickException("SHOP_BACKUP_KEY must be set, at least 32 characters, and kept elsewhere too")
    for path in backups.create(app, folder, now):
        backups.verify(path, app.config["BACKUP_KEY"])
        click.echo(f"made {path}")
    for path in backups.prune(folder, now):
        click.echo(f"removed {path.name}")


@backup.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_backup(file: Path) -> None:
    """Read a backup to its end and tell what it holds; exit status 1 when it cannot be believed."""
    try:
        found = backups.verify(file, current_app.config["BACKUP_KEY"])
    except SealBroken as problem:
        raise click.ClickException(str(problem)) from None
    rows = sum(found.rows.values())
    click.echo(f"whole: {rows} rows of {len(found.rows)} tables and {found.files} files, made {found.made_at}")


@backup.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def restore_backup(file: Path, yes: bool) -> None:
    """Put a backup in the place of what is there, and do again what the erasure ledger tells; stop the shop first."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not yes:
        click.confirm("Everything in the database is replaced. Is the shop stopped, and may it be?", abort=True)
    try:
        found = backups.restore(app, file, app.config["BACKUP_KEY"])
        click.echo(f"restored: {sum(found.rows.values())} rows and {found.files} files, made {found.made_at}")
        click.echo(f"done again from the erasure ledger: {replay()}")
    except (SealBroken, LedgerBroken) as problem:
        raise click.ClickException(str(problem)) from None
    ended = sum(times for _what, times in retain(clock.now(), is_dry=False))
    click.echo(f"ended terms: {ended}")
    is_clean = overwrite_log(10.0)
    broken = broken_invariants()
    for line in broken:
        click.echo(line)
    click.echo("ready to open" if is_clean and not broken else "look at the lines above before you open")


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
    for command in (serve, serve_everything, worker, mollie_simulator, doctor, invariants, mail, backup):
        app.cli.add_command(command)
