"""What a downloaded value means to other programs."""

MEANINGS = {
    "email": "https://schema.org/email",
    "telephone": "https://schema.org/telephone",
    "name": "https://schema.org/name",
    "given_name": "https://schema.org/givenName",
    "family_name": "https://schema.org/familyName",
    "street": "https://schema.org/streetAddress",
    "postcode": "https://schema.org/postalCode",
    "town": "https://schema.org/addressLocality",
    "country": "https://schema.org/addressCountry",
    "number": "https://schema.org/orderNumber",
    "placed_at": "https://schema.org/orderDate",
    "tracking_code": "https://schema.org/trackingNumber",
    "method": "https://schema.org/paymentMethod",
    "quantity": "https://schema.org/orderQuantity",
    "recipient": "https://schema.org/recipient",
    "body": "https://schema.org/text",
    "content": "https://schema.org/text",
}
"""The terms of schema.org for columns by their name, where there is one."""


def meaning_of(column: str) -> str | None:
    """The term of schema.org for a column, if there is one."""
    return MEANINGS.get(column)
