"""Judges: what says what a picture shows, blind to what it should show. One judge a file."""
