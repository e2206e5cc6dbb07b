"""Tables of the privacy room: what was asked, what was decided, what was erased."""
