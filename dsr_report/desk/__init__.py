"""The desk: a request answered from start to finish in the browser, on this machine alone.

`server` starts it, `door` keeps it private, `app` joins the pages. Decisions are kept by `journal`, and
written to the same file that `dsr-report review` writes. Cases are those of the register.
"""
