"""Screens where people see, take, correct and remove what the shop knows of them."""

from shop.privacy.views import correction, deleting, id_copies, my_data, objection, proof, requests, transfers, words
from shop.privacy.views.blueprint import bp

__all__ = [
    "bp",
    "correction",
    "deleting",
    "id_copies",
    "my_data",
    "objection",
    "proof",
    "requests",
    "transfers",
    "words",
]
