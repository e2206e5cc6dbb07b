"""What people fill in to see, take, correct and remove what the shop knows of them, by subject."""
