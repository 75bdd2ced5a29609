"""What each command does, away from how its options are written down in `assistant.cli`."""
