"""A whole class: what is new in it is graded by a pool of worker processes, and the out folder is written.

`grading` has the verbs; `order` finds what is new, `pool` is the worker processes and `worker` what each of them does,
`cluster` lets other machines do it, and `folder` is the out folder. Import from these: `cluster` alone needs Dask.
"""
