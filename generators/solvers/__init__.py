"""Answers computed again from the published words alone: a family has a module of its name, with others that it reads with."""
