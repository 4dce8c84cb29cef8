"""A release in, a report out: reads what was published and proves that it is that."""
