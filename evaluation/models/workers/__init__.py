"""Workers for `exec:`, each run by the Python of an environment of its own; that environment needs nothing of this package."""
