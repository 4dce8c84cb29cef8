"""The sub-commands of `unisandbox`: each parses, calls and prints. `cli.py` puts them together."""
