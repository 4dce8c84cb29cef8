"""Reads our own rendered pictures without error: what is there, said from the pixels alone, or that they cannot be read."""
