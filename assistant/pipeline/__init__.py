"""The steps between a line heard and what is done about it: pure, but for `flow` and what it awaits."""
