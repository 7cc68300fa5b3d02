"""Inside the wall: load a student's program, call its functions, write down what happened.

takes: requests as frames on a pipe, written by our side.
gives: answers as frames on another pipe. Nothing here is trusted by whoever reads them.
must not know: answers, points, names of students, any other room but `wire`.

This room is started as a process and never imported. `zygote` is started once, imports numpy, and forks a fresh
process for each submission; `nest` gives that process namespaces of its own, or (one pid namespace for all)
`overseer` stands above it, and `janitor` above the zygote where nothing else clears up after it. `confine` shuts a
submission in, and `runner` then does the work: `loading` and `calling`. Without a sandbox `runner` is a plain process
of its own. From the first line of student code on, no check made here counts.
"""
