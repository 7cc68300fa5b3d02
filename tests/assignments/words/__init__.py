"""Words, and what is made of them: lists, dicts, sets, and nothing."""
