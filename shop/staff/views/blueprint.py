"""The back office's blueprint; every address begins with /staff."""

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")
