"""Numbers that know how they were made: operators of an own class, and the gradients behind them."""
