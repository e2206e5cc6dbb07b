"""Accounts: sign-in, sessions, codes and the address book."""
