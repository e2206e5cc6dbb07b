"""What may be repeated in a message of what somebody typed."""

import re

_ADDRESS = re.compile(r"(?<=\w)([.:/@]+)(?=\w)")


def unlinked(text: str) -> str:
    """A typed text on one line, of which no mail program makes a link: "www.example.com" is "www. example. com"."""
    return _ADDRESS.sub(lambda found: f"{found[1]} ", " ".join(text.split()))
