"""A learner with a table, an update of parameters, and pairs by and by."""
