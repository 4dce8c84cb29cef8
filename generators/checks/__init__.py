"""What an audit proves or measures on published files: one file a kind of check. None of it knows how the rows were made."""
