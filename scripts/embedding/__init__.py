"""How the shipped models are trained; scripts/train_embedding.py is the command."""
