"""How many examples properties get: as many as each says, and a multiple of it under the profile `fuzz`."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

_ORDINARY = 100
_PATIENT = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
}

settings.register_profile("tests", max_examples=_ORDINARY, **_PATIENT)
settings.register_profile("fuzz", max_examples=_ORDINARY * int(os.environ.get("FUZZ", "20")), **_PATIENT)
settings.load_profile("tests")


def examples(count: int, **options: Any) -> settings:
    """Settings with `count` examples; `make fuzz` gives `FUZZ` (20) times as many, to every property.

    Slow machines are no failure: there is no deadline, and fixtures of a function serve all its examples.
    """
    return settings(max_examples=count * settings.default.max_examples // _ORDINARY, **_PATIENT, **options)
