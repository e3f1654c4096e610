"""A portal in front of Odoo: logins with a second factor, sessions, roles, encrypted partners. Made to be copied."""
