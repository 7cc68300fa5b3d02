"""What we say: a verdict, its evidence and its score made into sentences, and these into the record of a hand-in.

takes: verdicts and scores, what is known of a hand-in beside its outcomes, the key's rubric.
gives: `Record` values of the gradebook, from which every page and sheet is written.
must not know: pages, terminals, files; how anything is run or judged.

Nothing is imported here: of all this a command needs little, and pays for what it needs.
"""
