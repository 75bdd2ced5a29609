"""What `scripts/bench.py` measures: one measure a file, and the room, texts and figures that they share."""
