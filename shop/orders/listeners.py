"""Answers to news from rooms below."""
