"""Tables of the privacy room: what was asked, what was decided, what was erased."""

from shop.privacy.models import corrections, erasures, retention
from shop.privacy.models.record import Breach, BreachPerson, Processor
from shop.privacy.models.requests import IdCopy, RequestEvent, RightsRequest
from shop.privacy.models.transfers import Transfer, TransferPerson

__all__ = [
    "Breach",
    "BreachPerson",
    "IdCopy",
    "Processor",
    "RequestEvent",
    "RightsRequest",
    "Transfer",
    "TransferPerson",
    "corrections",
    "erasures",
    "retention",
]
