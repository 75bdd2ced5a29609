"""The steps between a line heard and what is done about it: all pure but `flow`, which drives them."""
