"""What people read on the Hub: a built folder in, its card out."""
