"""What people call the ways to pay, and where a payment or a refund stands."""

from typing import Any

from flask_babel import lazy_gettext as _l

METHODS: dict[str, Any] = {
    "alma": "Alma",
    "applepay": "Apple Pay",
    "bacs": "Bacs",
    "bancomatpay": "BANCOMAT Pay",
    "bancontact": "Bancontact",
    "banktransfer": _l("bank transfer"),
    "belfius": "Belfius",
    "billie": "Billie",
    "billink": "Billink",
    "bizum": "Bizum",
    "blik": "BLIK",
    "creditcard": _l("card"),
    "directdebit": _l("direct debit"),
    "eps": "eps",
    "giftcard": _l("gift card"),
    "googlepay": "Google Pay",
    "ideal": "iDEAL | Wero",
    "in3": "iDEAL in3",
    "kbc": "KBC/CBC",
    "klarna": "Klarna",
    "mbway": "MB WAY",
    "mobilepay": "MobilePay",
    "multibanco": "Multibanco",
    "mybank": "MyBank",
    "paybybank": "Pay by Bank",
    "paypal": "PayPal",
    "paysafecard": "paysafecard",
    "pointofsale": _l("in the shop"),
    "przelewy24": "Przelewy24",
    "riverty": "Riverty",
    "satispay": "Satispay",
    "swish": "Swish",
    "trustly": "Trustly",
    "twint": "TWINT",
    "vipps": "Vipps",
    "voucher": _l("voucher"),
}

PAYMENT_WORDS: dict[str, Any] = {
    "creating": _l("begun"),
    "refused": _l("not begun: Mollie did not take it"),
    "open": _l("Open"),
    "pending": _l("In progress"),
    "authorized": _l("Authorized"),
    "paid": _l("Paid"),
    "failed": _l("Failed"),
    "canceled": _l("Canceled"),
    "expired": _l("Expired"),
}

REFUND_WORDS: dict[str, Any] = {
    "proposed": _l("Proposed"),
    "declined": _l("Declined"),
    "queued": _l("Queued"),
    "pending": _l("In progress"),
    "processing": _l("In progress"),
    "refunded": _l("Refunded"),
    "failed": _l("Failed"),
    "canceled": _l("Canceled"),
}
