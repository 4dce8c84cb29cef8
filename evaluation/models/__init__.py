"""Models: what draws and answers. One adapter a file; the scorer opens one by its URI."""
