"""Receipts, invoices and credit notes; the fiscal vault that keeps them; and the books they add up to."""
