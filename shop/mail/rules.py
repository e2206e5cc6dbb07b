"""What may be repeated in a message of what somebody typed."""

import re

SENT_ALWAYS = frozenset(
    {
        "account_code",
        "account_exists",
        "account_new_device",
        "account_password_changed",
        "email_changed",
        "contact_receipt",
        "order_confirmation",
        "order_link",
        "order_ready",
        "order_shipped",
        "withdrawal_receipt",
    }
)
"""What also goes to somebody whose data is restricted: a due parcel's notice, what the law or they ask,
and warnings that somebody else may be at their account (GDPR art. 18(2), 32)."""

ABOUT_RIGHTS = ("rights_", "data_", "erasure_", "breach_", "transfer_")
"""Answers about somebody's own data go on, whatever is restricted (GDPR art. 12, 18(3), 34)."""

_ADDRESS = re.compile(
    r"(?<=[^\s<])([.:/@\u3002\uff0e\uff61]+)(?=[^\s)\]}\"'!?,;.:/@])"
)  # also with other scripts' dots


def unlinked(text: str) -> str:
    """A typed text on one line, of which no mail program makes a link: "www.example.com" is "www. example. com"."""
    return _ADDRESS.sub(lambda found: f"{found[1]} ", " ".join(text.split()))


def is_sent_while_restricted(message: str) -> bool:
    """Whether a message goes out although its reader's data may only be stored; a new kind of message does not."""
    return message in SENT_ALWAYS or message.startswith(ABOUT_RIGHTS)
