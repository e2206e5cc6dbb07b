"""The contact room: questions to the shop, and the conversations that follow."""
