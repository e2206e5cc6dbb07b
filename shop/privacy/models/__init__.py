"""Tables of the privacy room: what was asked, what was decided, what was erased."""

from shop.privacy.models import corrections, erasures, retention

__all__ = ["corrections", "erasures", "retention"]
