"""The hostile world that tests share."""
