"""What of a typed text may be repeated in a message."""

import pytest

from shop.mail.rules import unlinked


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Sanne de Vries", "Sanne de Vries"),
        ("www.example.com", "www. example. com"),
        ("https://example.com/x", "https:// example. com/ x"),
        ("bel@example.com", "bel@ example. com"),
        ("een\r\ntwee\tdrie", "een twee drie"),
        ("Klaar.", "Klaar."),
        ('(Klaar.) "Ja."', '(Klaar.) "Ja."'),
        ("\U0001f4a9.example", "\U0001f4a9. example"),
        ("cafe\u0301.example", "cafe\u0301. example"),
        ("evil\u3002example\uff0ecom", "evil\u3002 example\uff0e com"),
        ("https://[::1]/", "https:// [:: 1]/"),
        ("2 st. kom, 26-4K7M9Q", "2 st. kom, 26-4K7M9Q"),
    ],
)
def test_no_mail_program_makes_a_link_of_it(typed: str, told: str) -> None:
    assert unlinked(typed) == told
