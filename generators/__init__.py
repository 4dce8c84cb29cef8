"""A release file in, items with proven answers out; no network, no clock, no torch."""
