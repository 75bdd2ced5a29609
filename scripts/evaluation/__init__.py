"""What scripts/evaluate.py measures, a file each, and how it shows that."""
