"""The analytics room: counters in which nobody can be found, and the visits of those who allowed it."""
