"""Where a redirect may lead, and that nothing else does."""

from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from shop.core.access import local_path

odd = st.text(st.sampled_from("/\\.:@?#%\t\n\r \0ae‮é￾"), max_size=12) | st.text(max_size=20)


@given(odd)
def test_a_local_path_stays_on_this_site_as_any_browser_reads_it(candidate: str) -> None:
    path = local_path(candidate)
    if path is None:
        return
    assert path == candidate
    as_browsers_read_it = path.replace("\\", "/")
    for base in ("https://shop.example/", "https://shop.example/en/cart"):
        assert urlsplit(urljoin(base, as_browsers_read_it)).netloc == "shop.example"


@given(st.from_regex(r"/[a-z0-9-]{1,10}(/[a-z0-9-]{1,10}){0,3}(\?[a-z]=[a-z0-9%]{0,9})?", fullmatch=True))
def test_the_shops_own_addresses_are_local(path: str) -> None:
    assert local_path(path) == path


def test_nothing_is_no_path() -> None:
    assert local_path(None) is None
    assert local_path("") is None
