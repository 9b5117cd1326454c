"""Where things rest: the slot file, the vault, the database. It knows no domain word."""
