"""Problems that a visitor, a customer or a member of staff can be told about."""


class ShopError(Exception):
    """Something was asked that the shop cannot do; the screen says why in its own words."""


class NotFound(ShopError):
    """What was asked for does not exist, or not for this visitor."""


class Conflict(ShopError):
    """Somebody else changed it first, or it is past the point where this could be done."""
