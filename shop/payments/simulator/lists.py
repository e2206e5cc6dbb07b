"""Lists: a page at a time, newest first."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from flask import request

from shop.payments.simulator import checks
from shop.payments.simulator.calls import Call
from shop.payments.simulator.present import GUIDE, HTML, link
from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc


def page(call: Call, name: str, where: str, values: Sequence[object], show: Callable[[Doc], Doc]) -> Doc:
    """The page that `from`, `limit` and `sort` ask for, with links to those beside it."""
    limit, sort = checks.list_limit(request.args.get("limit")), request.args.get("sort", "desc")
    if sort not in {"asc", "desc"}:
        raise Problem(400, "The sort direction is invalid", "sort")
    start, wanted = None, request.args.get("from")
    store, newest_first = call.world.store, sort == "desc"
    if wanted is not None:
        found = store.row(f"SELECT seq FROM objects WHERE id = ? AND {where}", wanted, *values)  # noqa: S608
        if found is None:
            raise Problem(400, "Invalid cursor value", "from")
        start = found["seq"]
    items = store.page(where, values, start=start, limit=limit + 1, newest_first=newest_first)
    before = (
        [] if start is None else store.page(where, values, start=start, limit=limit + 1, newest_first=not newest_first)
    )
    following = items[limit]["id"] if len(items) > limit else None
    earlier = before[-1]["id"] if len(before) > 1 else None
    shown = [show(item) for item in items[:limit]]
    return {
        "count": len(shown),
        "_embedded": {name: shown},
        "_links": {
            "self": link(_address(call, {})),
            "previous": link(_address(call, {"from": earlier, "limit": str(limit)})) if earlier else None,
            "next": link(_address(call, {"from": following, "limit": str(limit)})) if following else None,
            "documentation": link(f"{GUIDE}list-{name.replace('_', '-')}", HTML),
        },
    }


def _address(call: Call, changed: dict[str, str]) -> str:
    """This list's address with other parameters."""
    query = urlencode(request.args.to_dict() | changed)
    return f"{call.base}{request.path}" + (f"?{query}" if query else "")
