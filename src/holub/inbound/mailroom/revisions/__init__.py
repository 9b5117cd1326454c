"""The versions of the mailroom's tables, oldest first. Each stands as it was released; a change is a new file."""
