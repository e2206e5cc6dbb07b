"""What our messages are called, where somebody sees which ones they got."""

from typing import Any

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, Any] = {
    "account_code": _l("a code that you asked for"),
    "account_exists": _l("You have an account already"),
    "account_idle": _l("your account has not been used for a long time"),
    "account_new_device": _l("Signed in from a new device"),
    "account_password_changed": _l("Your password is changed"),
    "breach_letter": _l("a letter about a data breach"),
    "change_decided": _l("our answer to the change that you asked for"),
    "contact_answer": _l("our answer to your message"),
    "contact_receipt": _l("receipt of your message"),
    "email_changed": _l("Your e-mail address is changed"),
    "erasure_farewell": _l("Your data has been erased"),
    "invoice_issued": _l("an invoice or a credit note"),
    "order_canceled": _l("your order is canceled"),
    "order_changed": _l("your order was changed"),
    "order_confirmation": _l("confirmation of your order"),
    "order_difference": _l("your order was changed, and there is something to pay"),
    "order_link": _l("the link to your order"),
    "order_ready": _l("your order is ready to be picked up"),
    "order_not_sent": _l("what of your order will not be sent"),
    "order_refunded": _l("money back for your order"),
    "order_shipped": _l("your order is on its way"),
    "parcel_decision": _l("about the parcel that did not arrive"),
    "payment_failed": _l("your payment did not succeed"),
    "rights_decision": _l("our answer to your request about your rights"),
    "rights_extended": _l("your request about your rights takes longer"),
    "rights_id_copy": _l("your request about your rights: how to show that it is you"),
    "rights_mailbox": _l("is this request about your rights yours?"),
    "rights_received": _l("receipt of your request about your rights"),
    "rights_alarm": _l("to our owner: two days left for a request"),
    "rights_child": _l("to our staff: a request about a child"),
    "rights_late": _l("to our owner: a request was not answered in time"),
    "service_planned": _l("a date for your service"),
    "transfer_fetched": _l("Your data was fetched"),
    "transfer_offer": _l("to the organisation that you chose: your data is ready"),
    "withdrawal_receipt": _l("We have received your withdrawal"),
}
