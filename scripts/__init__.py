"""What the Makefile does, one noun a file. Run from the top folder: python -m scripts.NAME."""
