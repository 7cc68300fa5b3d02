"""A network of any depth: functions of a layer, then of all layers, with tuples of caches in lists."""
