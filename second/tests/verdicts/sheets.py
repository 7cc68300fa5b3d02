def same(*a): return True
