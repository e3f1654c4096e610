"""Rate limits in every place where they can be counted."""
