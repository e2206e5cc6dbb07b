"""The screens of the contact room."""

from shop.contact.views import asking, conversations, security
from shop.contact.views.blueprint import bp

__all__ = ["asking", "bp", "conversations", "security"]
