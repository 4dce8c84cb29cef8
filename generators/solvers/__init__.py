"""One file a family: answers computed again from the published words alone."""
