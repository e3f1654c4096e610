"""One suite that all stores pass; each of them says in a file of its own how it is opened and broken."""
