"""The platforms: one pure codec each. Bytes and responses in, events and requests out."""
