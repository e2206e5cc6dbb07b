"""The person, the browser, staff, the disclosure ledger and the audit log."""
