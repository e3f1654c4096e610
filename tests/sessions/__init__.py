"""Sessions: what they let in, when they end, and what is left when something goes wrong in between."""
