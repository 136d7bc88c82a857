"""Many machines: compression on Dask's distributed scheduler (extra lmz[cluster]).

    python -m lmz.cluster compress|decompress SRC... DST --scheduler ADDRESS

Files, and pieces of large ones, become tasks. Every piece becomes a frame, and frames one behind
the other are one file: the output is that of `lmz --frame-size` on one machine, whatever the number
of workers and the order in which they finish. The functions are in lmz.cluster.run.
"""
