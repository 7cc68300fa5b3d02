"""What crosses the wall, and its bytes: the one room that both sides import. It needs numpy and Python only."""
