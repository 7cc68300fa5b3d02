"""Logistic regression: a chain of four functions, each of which calls the one before."""
