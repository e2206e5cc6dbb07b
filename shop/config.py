"""Every setting, with its default and one line of meaning; checked as a whole when the app starts.

Settings are environment variables with the prefix SHOP_; a `.env` file in the project's folder is read too.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from environs import Env
from environs.exceptions import EnvValidationError
from marshmallow.validate import OneOf

ROOT = Path(__file__).resolve().parent.parent
MOLLIE = "https://api.mollie.com"
GOOGLE = "https://www.google-analytics.com/mp/collect"


class WrongSettings(Exception):
    """The app may not start with these settings; the message names each."""


@dataclass(frozen=True)
class Setting:
    """One setting, as docs/settings.md prints it."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("SHOP_ENV", "demo", "demo, production or test; production refuses everything that is only for demo"),
    Setting("SHOP_SECRET_KEY", "made and kept in the instance folder", "signs and hashes; required in production"),
    Setting("SHOP_SECRET_KEY_FALLBACKS", "", "older secret keys, separated by commas, still accepted for signatures"),
    Setting(
        "SHOP_VAULT_KEY",
        "made and kept in the instance folder",
        "seals the invoices in vault/: a Fernet key (44 characters); required in production, and kept elsewhere too",
    ),
    Setting(
        "SHOP_VAULT_KEY_FALLBACKS", "", "older vault keys, separated by commas, that documents may still be sealed with"
    ),
    Setting(
        "SHOP_VIES_URL", "", "address of the EU's VIES service, to look VAT numbers of businesses up; empty: never"
    ),
    Setting(
        "SHOP_DATABASE_URL", "SQLite in the instance folder", "where the data is: postgresql+psycopg://… or sqlite:///…"
    ),
    Setting(
        "SHOP_LEDGER_PATH",
        "ledger/erasures.jsonl in the instance folder",
        "the erasure ledger; best on another disk than the database, and never in its backups",
    ),
    Setting(
        "SHOP_BACKUP_PATH", "backups/ in the instance folder", "where flask backup create writes; best on another disk"
    ),
    Setting(
        "SHOP_BACKUP_KEY",
        "made and kept in the instance folder",
        "seals the backups; required in production, at least 32 characters, and kept elsewhere too",
    ),
    Setting("SHOP_REDIS_URL", "", "rate limits shared by several machines; empty keeps them in memory"),
    Setting("SHOP_INSTANCE_PATH", "instance/", "this machine's own folder: shop.toml, database, pictures, mail"),
    Setting(
        "SHOP_PUBLIC_URL", "http://127.0.0.1:8000", "the address that visitors use, for links in mails and to Mollie"
    ),
    Setting("SHOP_MAIL_URL", "file:", "smtp://user:pass@host:port; file: writes one .eml a message into mail/"),
    Setting("SHOP_MAIL_FROM", "the shop's address in shop.toml", "the sender of every message"),
    Setting("SHOP_MOLLIE_API_KEY", "", "test_… or live_…; empty uses the shop's own simulator (demo and test)"),
    Setting("SHOP_MOLLIE_API_URL", MOLLIE, "another address for Mollie's API, only with a test key"),
    Setting("SHOP_PROXIES", "0", "how many reverse proxies stand in front and set X-Forwarded-*"),
    Setting("SHOP_EXTRA_HOSTS", "", "extra host names the shop answers to, separated by commas"),
    Setting(
        "SHOP_VAT_OSS_SINCE", "", "date from which VAT of the customer's country applies (OSS); empty: Dutch rates"
    ),
    Setting("SHOP_GA_MEASUREMENT_ID", "", "Google Analytics 4, of visitors who allow analysis; empty: off"),
    Setting("SHOP_GA_API_SECRET", "", "the secret of Google's Measurement Protocol; required with a measurement id"),
    Setting("SHOP_GA_URL", GOOGLE, "another address for Google's Measurement Protocol: a proxy, or a test server"),
    Setting("PORT", "8000", "the site's port for make run; the simulator listens on the next one"),
)


def read_settings() -> dict[str, Any]:
    """All settings as Flask's configuration; WrongSettings with every mistake at once."""
    env = Env(eager=False, prefix="SHOP_")
    env.read_env(str(ROOT / ".env"), recurse=False)
    environment = env.str("ENV", "demo", validate=OneOf(["demo", "production", "test"]))
    instance = Path(env.str("INSTANCE_PATH", str(ROOT / "instance")) or ROOT / "instance").resolve()
    values: dict[str, Any] = {
        "ENVIRONMENT": environment,
        "INSTANCE_PATH": instance,
        "SECRET_KEY": env.str("SECRET_KEY", ""),
        "SECRET_KEY_FALLBACKS": env.list("SECRET_KEY_FALLBACKS", []),
        "VAULT_KEY": env.str("VAULT_KEY", ""),
        "VAULT_KEY_FALLBACKS": env.list("VAULT_KEY_FALLBACKS", []),
        "VIES_URL": env.str("VIES_URL", "").rstrip("/"),
        "SQLALCHEMY_DATABASE_URI": env.str("DATABASE_URL", "") or f"sqlite:///{instance / 'shop.sqlite'}",
        "BACKUP_PATH": env.str("BACKUP_PATH", ""),
        "BACKUP_KEY": env.str("BACKUP_KEY", ""),
        "LEDGER_PATH": env.str("LEDGER_PATH", ""),
        "REDIS_URL": env.str("REDIS_URL", ""),
        "PUBLIC_URL": env.str("PUBLIC_URL", "").rstrip("/"),
        "MAIL_URL": env.str("MAIL_URL", "file:"),
        "MAIL_FROM": env.str("MAIL_FROM", ""),
        "MOLLIE_API_KEY": env.str("MOLLIE_API_KEY", ""),
        "MOLLIE_API_URL": env.str("MOLLIE_API_URL", ""),
        "PROXIES": env.int("PROXIES", 0),
        "EXTRA_HOSTS": env.list("EXTRA_HOSTS", []),
        "VAT_OSS_SINCE": env.date("VAT_OSS_SINCE", None),
        "GA_MEASUREMENT_ID": env.str("GA_MEASUREMENT_ID", ""),
        "GA_API_SECRET": env.str("GA_API_SECRET", ""),
        "GA_URL": env.str("GA_URL", ""),
    }
    port_env = Env(eager=False)
    values["PORT"] = port_env.int("PORT", 8000)
    try:
        env.seal()
        port_env.seal()
    except EnvValidationError as problem:
        raise WrongSettings(f"settings: {problem.error_messages}") from None
    return complete(values)


def complete(values: dict[str, Any]) -> dict[str, Any]:
    """Fill in what follows from other settings and refuse what may not be together."""
    problems: list[str] = []
    in_production = values["ENVIRONMENT"] == "production"
    port = values["PORT"]
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://127.0.0.1:{port}"
    if not values["PUBLIC_URL"].startswith(("http://", "https://")):
        problems.append("SHOP_PUBLIC_URL must start with http:// or https://")
    if in_production and not values["PUBLIC_URL"].startswith("https://"):
        problems.append("SHOP_PUBLIC_URL must be https in production")
    if in_production and len(values["SECRET_KEY"]) < 32:
        problems.append("SHOP_SECRET_KEY must be set, at least 32 characters, in production")
    if in_production and values["MAIL_URL"].startswith("file:"):
        problems.append("SHOP_MAIL_URL=file: is for demo and test; production needs smtp://")
    problems += _mollie(values, in_production)
    problems += _vault(values, in_production)
    problems += _google(values, in_production)
    if problems:
        raise WrongSettings("; ".join(problems))
    if not values["SECRET_KEY"]:
        values["SECRET_KEY"] = _kept(values["INSTANCE_PATH"] / "secret.key", lambda: secrets.token_urlsafe(48))
    if not values["VAULT_KEY"]:
        values["VAULT_KEY"] = _kept(values["INSTANCE_PATH"] / "vault.key", lambda: Fernet.generate_key().decode())
    if not values.get("BACKUP_KEY"):
        file = values["INSTANCE_PATH"] / "backup.key"
        values["BACKUP_KEY"] = "" if in_production else _kept(file, lambda: secrets.token_urlsafe(48))
    values.setdefault("RATELIMIT_ENABLED", values["ENVIRONMENT"] != "test")
    is_https = values["PUBLIC_URL"].startswith("https://")
    values.update(
        IS_HTTPS=is_https,
        HSTS=values.get("HSTS", is_https),
        TRANSLATIONS_PATH=ROOT / "shop" / "translations",
        BACKUP_PATH=Path(values.get("BACKUP_PATH") or values["INSTANCE_PATH"] / "backups"),
        LEDGER_PATH=Path(values.get("LEDGER_PATH") or values["INSTANCE_PATH"] / "ledger" / "erasures.jsonl"),
        MEDIA_PATH=values["INSTANCE_PATH"] / "media",
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=400,
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_CHECK_DEFAULT=False,  # core.security decides: only inside a session
        WTF_CSRF_TIME_LIMIT=None,
        TEMPLATES_AUTO_RELOAD=False,
    )
    return values


def _mollie(values: dict[str, Any], in_production: bool) -> list[str]:
    """Which Mollie this shop talks to: the real one, or its own simulator."""
    key, address = values["MOLLIE_API_KEY"], values["MOLLIE_API_URL"].rstrip("/")
    values["USES_SIMULATOR"] = not key
    if not key:
        values["MOLLIE_API_KEY"] = "test_simulator0000000000000000000000"
        values["MOLLIE_API_URL"] = address or f"http://127.0.0.1:{values['PORT'] + 1}"
        return ["SHOP_MOLLIE_API_KEY is required in production"] if in_production else []
    values["MOLLIE_API_URL"] = address or MOLLIE
    if key.startswith("live_") and values["MOLLIE_API_URL"] != MOLLIE:
        return ["a live Mollie key may only be used with Mollie's own address"]
    if in_production and values["MOLLIE_API_URL"] != MOLLIE:
        return ["production may only use Mollie's own address"]
    return []


def _google(values: dict[str, Any], in_production: bool) -> list[str]:
    """Whether visits are forwarded to Google Analytics, and where that is; not unless the owner asks for it."""
    values["GA_MEASUREMENT_ID"] = values.get("GA_MEASUREMENT_ID", "")
    values["GA_API_SECRET"] = values.get("GA_API_SECRET", "")
    values["GA_URL"] = values.get("GA_URL", "") or GOOGLE
    if not values["GA_MEASUREMENT_ID"]:
        return []
    problems = [] if values["GA_API_SECRET"] else ["SHOP_GA_API_SECRET is required with SHOP_GA_MEASUREMENT_ID"]
    if in_production and not values["GA_URL"].startswith("https://"):
        problems.append("SHOP_GA_URL must be https in production")
    return problems


def _vault(values: dict[str, Any], in_production: bool) -> list[str]:
    """The key that seals the fiscal vault, and older ones; documents sealed with a key that is gone are lost."""
    key = values.setdefault("VAULT_KEY", "")
    fallbacks = values.setdefault("VAULT_KEY_FALLBACKS", [])
    values.setdefault("VIES_URL", "")
    problems = ["SHOP_VAULT_KEY is required in production"] if in_production and not key else []
    for name, found in (("SHOP_VAULT_KEY", key), *(("SHOP_VAULT_KEY_FALLBACKS", one) for one in fallbacks)):
        try:
            Fernet(found or Fernet.generate_key())
        except ValueError:
            problems.append(f"{name} must be a Fernet key: 32 random bytes in URL-safe base64, 44 characters")
    return problems


def _kept(file: Path, new: Callable[[], str]) -> str:
    """A key of a demo shop, made once and kept in its instance folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")  # of several processes at once, one is kept
        draft.touch(mode=0o600)
        draft.write_text(new(), encoding="ascii")
        with suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
    return file.read_text(encoding="ascii").strip()
