"""The version of the statements that an order agrees with; raised whenever their text changes."""

TERMS_VERSION = "2026-11-22"
