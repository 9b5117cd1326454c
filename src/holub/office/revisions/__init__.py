"""The versions of the office's own tables, oldest first. Each stands as it was released; a change is a new file."""
