"""holub: a post office for people behind an information blockade."""

__version__ = "0.1.0"
