"""What a visitor allows beyond what the shop cannot do without: their own choice, or else their browser's signal.

The choice is a cookie that holds no number of anybody: the version of the question, what was allowed, and the day.
Two pages for visitors who allowed the same are therefore the same bytes. See docs/decisions/0024.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.cookies import declare_cookie, declare_storage
from shop.core.personal_data import Category, Purpose

LETTERS = {Purpose.ANALYSIS: "a", Purpose.PREFERENCES: "p"}
"""The two purposes that need consent, as the cookie writes them."""

ALL = frozenset(LETTERS)
NONE: frozenset[Purpose] = frozenset()

ASK_AGAIN_AFTER = timedelta(days=182)
"""A choice is kept six months; then it is asked for again."""

WORDING = "1"
"""The version of the question; raised when a purpose changes, and then everybody is asked again."""

TO_GOOGLE = "g"
"""What the version ends with while journeys also go to Google: that is another question."""

CONSENT_COOKIE = declare_cookie(
    "consent",
    life=ASK_AGAIN_AFTER,
    purpose=Purpose.REMEMBERING,
    label=_l("Remembers what you allow and what you refuse; set when you choose, without any number of yours"),
    keep_text=_l("6 months, then we ask again"),
)
ANALYSIS_COOKIE = declare_cookie(
    "analysis",
    life=ASK_AGAIN_AFTER,
    purpose=Purpose.ANALYSIS,
    label=_l("A random number that ties the pages of your visits together; set only when you allow analysis"),
    keep_text=_l("6 months at most, gone at once when you withdraw your consent"),
    categories=(Category.ACTIVITY, Category.DEVICE),
)
VIEWED_KEY = declare_storage(
    "viewed",
    purpose=Purpose.PREFERENCES,
    label=_l("The last twelve products that you looked at, for your own browser only"),
    keep_text=_l("until twelve others came after, gone at once when you withdraw your consent"),
    categories=(Category.ACTIVITY,),
)
"""What `preferences.js` keeps; no server ever sees it."""


@dataclass(frozen=True)
class Choice:
    """What one browser allows; `is_own` when the visitor said so, otherwise their browser's signal did."""

    purposes: frozenset[Purpose]
    is_own: bool = True

    def allows(self, purpose: Purpose) -> bool:
        """Whether the shop may do this for the visitor."""
        return purpose in self.purposes


def letters_of(purposes: Iterable[Purpose]) -> str:
    """Allowed purposes as the cookie writes them; "n" for none."""
    allowed = set(purposes)
    return "".join(letter for purpose, letter in LETTERS.items() if purpose in allowed) or "n"


def written(purposes: Iterable[Purpose], *, wording: str, on: date) -> str:
    """The value of the cookie: "1.ap.20261129"."""
    return f"{wording}.{letters_of(purposes)}.{on:%Y%m%d}"


def read_choice(value: str | None, *, wording: str, on: date) -> Choice | None:
    """The choice that a cookie holds; None when there is none, it is too old, or it was about another question."""
    version, _dot, rest = (value or "").partition(".")
    letters, _dot, day = rest.partition(".")
    if version != wording or letters not in ("n", "a", "p", "ap") or not (day.isascii() and len(day) == 8):
        return None
    try:
        made_on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return None
    if not timedelta(days=-1) <= on - made_on < ASK_AGAIN_AFTER:
        return None
    return Choice(frozenset(purpose for purpose, letter in LETTERS.items() if letter in letters))


def says_no(environ: Mapping[str, object]) -> bool:
    """Whether a browser refuses for its visitor: Global Privacy Control, or the older Do Not Track."""
    return environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"


def choice_in(cookies: Mapping[str, str], environ: Mapping[str, object], *, wording: str, on: date) -> Choice | None:
    """What holds for a request: the visitor's own choice before the browser's signal; None when nobody chose yet."""
    own = read_choice(cookies.get(CONSENT_COOKIE.full_name), wording=wording, on=on)
    if own is not None:
        return own
    return Choice(NONE, is_own=False) if says_no(environ) else None


def wording_of(app: Flask) -> str:
    """The version of the question as this shop asks it."""
    return WORDING + (TO_GOOGLE if app.config.get("GA_MEASUREMENT_ID") else "")


def wording_now() -> str:
    """The version of the question that is asked now."""
    return wording_of(current_app)


def current_choice() -> Choice | None:
    """What the visitor of this request allows; None when the question is still open."""
    return choice_in(request.cookies, request.environ, wording=wording_now(), on=clock.today())


def allows(purpose: Purpose) -> bool:
    """Whether the visitor of this request allows a purpose."""
    choice = current_choice()
    return choice is not None and choice.allows(purpose)


def variant(choice: Choice | None) -> str:
    """Which of the few kinds of the same page a visitor gets, for whoever keeps pages: by what is allowed alone."""
    if choice is None:
        return "ask"
    return letters_of(choice.purposes) if choice.is_own else "signal"


def knows_more_than_choice() -> bool:
    """Whether a cookie of this request may make its page differ from that of all others who chose alike."""
    return bool(set(request.cookies) - {CONSENT_COOKIE.full_name, ANALYSIS_COOKIE.full_name})
