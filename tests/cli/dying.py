"""Runs dsr-report in forks of one warm process; each of them may be killed at a step that is chosen.

Its argument is an export to warm up with.

A step is what changes something outside the process, about to be taken: a file is made, renamed or removed, a
process or a connection started, a transaction written (and one more when it is).

On standard input: a JSON object a line, {"arguments", "die_at", "log"}; on standard output: its answer,
{"status", "steps"}. `die_at` 0 lets it live.
"""

import atexit
import json
import os
import signal
import sys
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dsr_report.cli import main

STEPS = {
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "tempfile.mkstemp", "tempfile.mkdtemp",
    "subprocess.Popen", "socket.connect", "os.posix_spawn", "_posixsubprocess.fork_exec",
}  # fmt: skip


def run(arguments, die_at, log, report):
    """In the fork: run the command, and die where that was asked for."""
    steps = 0

    def step(event, _arguments=()):
        nonlocal steps
        if event in STEPS:
            steps += 1
            if steps == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    sa.event.listen(Session, "before_commit", lambda _session: step("os.rename"))
    sa.event.listen(Session, "after_commit", lambda _session: step("os.rename"))
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    try:
        main(arguments)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(report, json.dumps({"status": code, "steps": steps}).encode())
    os._exit(0)


with suppress(SystemExit):  # warms up what is imported and read on first use
    main(["render", sys.argv[1], "-q", "-o", "warm.html"])
for line in sys.stdin:
    wanted = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        run(wanted["arguments"], wanted["die_at"], wanted["log"], writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    _, ended = os.waitpid(child, 0)
    sys.stdout.write((answer or json.dumps({"status": -os.WTERMSIG(ended), "steps": None})) + "\n")
    sys.stdout.flush()
