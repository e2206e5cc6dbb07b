"""The register: what every column means, said where the column is declared.

Every column of every table is `personal()`, `secret()`, `subject()` or `plain()`. What is not a column (cookies,
files, logs, memory) is declared as a `Store`. Lists, notices, download, correction, erasure and retention are derived
from here and written nowhere else (GDPR art. 5, 13, 15 to 20 and 30).
"""

from shop.core.personal_data.declarations import (
    Declaration,
    Erase,
    Transient,
    declaration_of,
    personal,
    plain,
    secret,
    subject,
    transient,
)
from shop.core.personal_data.stores import (
    ExportedFile,
    Medium,
    Needed,
    Register,
    RegisterError,
    Retain,
    Store,
    register,
)
from shop.core.personal_data.terms import UNTIL_ERASED, Keep
from shop.core.personal_data.walking import (
    ROOTS,
    EventColumns,
    Moment,
    RowWords,
    declare_events,
    declare_row_term,
    declare_row_words,
    moment_of,
    path_to_subject,
    personal_columns,
    problems_in,
    row_term,
    row_words,
    subject_columns,
)
from shop.core.personal_data.words import Basis, Category, Event, Purpose, Recipient, Role, Source

__all__ = [
    "ROOTS",
    "UNTIL_ERASED",
    "Basis",
    "Category",
    "Declaration",
    "Erase",
    "Event",
    "EventColumns",
    "ExportedFile",
    "Keep",
    "Medium",
    "Moment",
    "Needed",
    "Purpose",
    "Recipient",
    "Register",
    "RegisterError",
    "Retain",
    "Role",
    "RowWords",
    "Source",
    "Store",
    "Transient",
    "declaration_of",
    "declare_events",
    "declare_row_term",
    "declare_row_words",
    "moment_of",
    "path_to_subject",
    "personal",
    "personal_columns",
    "plain",
    "problems_in",
    "register",
    "row_term",
    "row_words",
    "secret",
    "subject",
    "subject_columns",
    "transient",
]
