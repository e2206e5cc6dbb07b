"""News about browsers for rooms above; each sounds inside the transaction of its cause, before the commit."""

from blinker import Namespace

_news = Namespace()

analysis_withdrawn = _news.signal("analysis-withdrawn")
"""Sounds with `browser_id` and `at` when a browser no longer allows analysis: what was kept of it goes now."""

browser_wiped = _news.signal("browser-wiped")
"""Sounds with `at` when a visitor has the site forget this browser: cart, session, all of it."""
