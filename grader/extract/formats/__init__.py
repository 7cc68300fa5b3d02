"""What a file is, by its bytes: a notebook of whatever form, a script, an export, or none of these.

takes: the bytes of a file, and its name.
gives: its cells; a sentence and a next step where it has none.
must not know: what stands in a cell.
"""
