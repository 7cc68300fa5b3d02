"""A second, small assignment: a moving average and a softmax, plain functions without a backward pass."""
