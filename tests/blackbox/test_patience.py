"""Connections on which nothing is said. They began with the session (conftest.py), so that nobody waits for them alone."""

import time

import pytest


@pytest.fixture(autouse=True)
def there(hermits):
    if hermits is None:
        pytest.skip("needs a server of its own")


def test_the_server_pings_after_30_s_of_silence(hermits):
    for hermit in hermits:
        while not hermit.pings and time.monotonic() < hermit.began + 35:
            time.sleep(0.1)
        assert hermit.pings and 29 <= hermit.pings[0] <= 34, (hermit.pings, hermit.end)


def test_who_does_not_answer_the_ping_is_closed_20_s_later(hermits):
    silent, _ = hermits
    silent.join(max(0, silent.began + 57 - time.monotonic()))
    assert silent.end, "still open"
    when, code, reason = silent.end
    assert (code, reason) == (4004, "silent") and 48 <= when <= 55, silent.end


def test_who_answers_stays(hermits):
    _, lively = hermits
    time.sleep(max(0, lively.began + 58 - time.monotonic()))
    assert lively.end is None and lively.pings
    # One for each 30 s of silence, however long the suite has taken until here.
    assert all(29 <= later - earlier <= 34 for earlier, later in zip([0, *lively.pings], lively.pings)), lively.pings
    assert lively.device.link.socket.socket.fileno() >= 0
