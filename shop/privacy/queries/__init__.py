"""Questions of the privacy room, by subject: it asks the register and knows no other room's tables by name."""
