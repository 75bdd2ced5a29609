"""Engagement figures of a broadcast, from what the journal holds."""
