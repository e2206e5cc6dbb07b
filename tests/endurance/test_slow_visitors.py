"""Two hundred connections that hardly move do not keep the next visitor waiting (security facts, M8)."""

import socket
import time

import pytest
import requests

from tests.factories import make_product

SLOW = 200


@pytest.mark.slow
def test_two_hundred_slow_connections_do_not_keep_the_next_visitor_waiting(backend, running, inside):
    shop = running()
    with inside(shop):
        slug = make_product().slug
    shop.start_sites()
    url = f"{shop.urls[0]}/products/{slug}"
    requests.get(url, timeout=10)  # the first page fills the caches
    slow = []
    try:
        for _n in range(SLOW):
            connection = socket.create_connection(("127.0.0.1", shop.ports[0]), timeout=5)
            connection.sendall(b"POST /cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nv")
            slow.append(connection)
        took = []
        for _n in range(20):
            began = time.monotonic()
            assert requests.get(url, timeout=10).status_code == 200
            took.append(time.monotonic() - began)
    finally:
        for connection in slow:
            connection.close()
    assert max(took) < 1.0, took
