"""What comes in: letters, and later cases and statistics."""
