"""The work that crosses halls, once for every face: set up, publish, fetch and answer letters, lock."""
