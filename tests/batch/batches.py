"""A sandbox with many subjects, the command that answers them, a Dask cluster, a server of buckets."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]


def many_exports(folder, count, filling=""):
    folder.mkdir()
    for number in range(1, count + 1):
        fields = {"Naam": f"Persoon {number}", "Tekst": filling}
        data = [{"ID": str(number), "fields": fields, "database": "7", "interests": []}]
        export = {"info": {"type": "profile", "id": str(number)}, "data": data}
        (folder / f"{number}.json").write_text(json.dumps(export), encoding="utf-8")
    return folder


def clean_environment(**more):
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT", "DASK", "AWS"))
    }
    return kept | {"PYTHONPATH": str(ROOT)} | more


def command(sandbox, tmp_path, *more):
    environment = clean_environment(
        COPERNICA_TOKEN=sandbox.state.token,
        COPERNICA_API_URL=sandbox.api_url,
        COPERNICA_AUTH_URL=sandbox.auth_url,
        DSR_REPORT_DATABASE=f"sqlite:///{tmp_path}/register.sqlite",
        XDG_DATA_HOME=str(tmp_path / "data"),
    )
    arguments = [
        sys.executable, "-m", "dsr_report", "batch", str(tmp_path / "subjects.txt"), "--type", "profile",
        "--format", "html", "-o", str(tmp_path / "out"), "--poll", "0.1s", *more,
    ]  # fmt: skip
    return arguments, environment


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Overheard:
    """A proxy in front of a port, which remembers every byte that went through."""

    def __init__(self, port):
        self.heard = bytearray()
        self._port = port
        self._ends = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            target = socket.create_connection(("127.0.0.1", self._port))
            self._ends += [caller, target]
            for one, other in ((caller, target), (target, caller)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one, other):
        try:
            while block := one.recv(1 << 16):
                self.heard += block
                other.sendall(block)
        except OSError:
            pass
        finally:
            for end in (one, other):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        for end in [self._door, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class DaskProcesses:
    """A scheduler and workers, each a process of its own, on loopback; they know no token."""

    def __init__(self, folder, workers, **environment):
        self._folder = folder
        self._environment = clean_environment(
            DASK_DISTRIBUTED__COMM__COMPRESSION="none", DASK_DISTRIBUTED__ADMIN__TICK__LIMIT="1h"
        )
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"
        )
        self.overheard = Overheard(port)
        self.workers = []
        for _ in range(workers):
            self.add_worker(**environment)

    def add_worker(self, **environment):
        """Another worker, with these variables in its environment."""
        worker = self._start(
            "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--memory-limit", "0", "--local-directory", str(self._folder), **environment,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def wait_for(self, workers):
        """Until the scheduler has heard of so many workers."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            (log,) = self._folder.glob("scheduler-*.log")
            if log.read_bytes().count(b"Register worker addr") >= workers:
                return
            time.sleep(0.05)
        raise TimeoutError(f"fewer than {workers} workers came")

    def _start(self, *arguments, **environment):
        log = (self._folder / f"{arguments[0]}-{time.monotonic_ns()}.log").open("wb")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
                env=self._environment | environment, stdout=log, stderr=log, cwd=self._folder,
            )  # fmt: skip

    def close(self):
        self.overheard.close()
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


class BucketServer:
    """An S3 server of its own process, on loopback, with one bucket, `dsr`."""

    def __init__(self, folder):
        port = free_port()
        self._url = f"http://127.0.0.1:{port}"
        self.keys = ("AKIAEXAMPLEEXAMPLE", "secret-of-the-storage")
        self.environment = {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ACCESS_KEY_ID": self.keys[0],
            "AWS_SECRET_ACCESS_KEY": self.keys[1],
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        with (folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)],
                env=clean_environment(), stdout=log, stderr=log, cwd=folder,
            )  # fmt: skip
        until = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                self.close()
                raise RuntimeError((folder / "server.log").read_text(encoding="utf-8"))
            time.sleep(0.1)
        httpx.put(f"{self._url}/dsr", trust_env=False).raise_for_status()

    def _answers(self):
        with suppress(httpx.TransportError):
            return httpx.get(self._url, trust_env=False).is_success
        return False

    def put(self, name, content):
        """Leave a file in the bucket."""
        httpx.put(f"{self._url}/dsr/{name}", content=content, trust_env=False).raise_for_status()

    def names(self):
        """The files in the bucket."""
        listing = httpx.get(f"{self._url}/dsr?list-type=2", trust_env=False).raise_for_status().text
        return re.findall(r"<Key>(.*?)</Key>", listing)

    def close(self):
        self._process.kill()
        self._process.wait()
