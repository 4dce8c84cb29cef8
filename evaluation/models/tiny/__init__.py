"""The reference model: a small transformer that reads and writes the words of a release and draws with its sprites."""
