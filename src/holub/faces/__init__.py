"""What people touch: the command line and the desk. Faces are thin: they ask, and they show the answer."""
