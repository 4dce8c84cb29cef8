"""One file a family: its options, its space of items, and how one item is worded."""
