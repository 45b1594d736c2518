"""The desk: a request answered from start to finish in the browser, on this machine alone.

`server` starts it, `door` controls access, `app` has the routes. Decisions are recorded by `journal`, and
written to the same review file as that of `dsr-report review`. Cases are those of the register.
"""
