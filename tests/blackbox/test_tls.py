"""TLS: the same stories over wss and https, and what happens to those who do not speak it, or not well."""

import contextlib
import os
import random
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from conftest import FLAGS, program, running
from kith import Server, unique
from test_accounts import *  # noqa: F401,F403 — told again here, over TLS: the fixture `server` is this file's.
from test_messages import *  # noqa: F401,F403
from wire import WAIT_S, Closed, Late, Socket

pytestmark = pytest.mark.over("ws")  # Not that of test_messages, which came along with its stories.


class Certificate:
    """An authority of its own and what it signed, for `host`."""

    def __init__(self, folder, name, host="IP:127.0.0.1"):
        self.chain, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-addext", f"subjectAltName={host}", "-keyout", str(self.key), "-out", str(self.chain)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WAIT_S, check=False)
        assert made.returncode == 0, made.stdout.decode()

    def flags(self):
        return "--tls-cert", str(self.chain), "--tls-key", str(self.key)

    def trusted(self):
        return ssl.create_default_context(cafile=str(self.chain))


@pytest.fixture(scope="module")
def folder():
    if running():
        pytest.skip("the story must start a server with a certificate")
    with tempfile.TemporaryDirectory(prefix="kith-blackbox-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def certificate(folder):
    return Certificate(folder, "one")


@pytest.fixture(scope="module")
def server(folder, certificate):
    made = Server(program(), folder / "data", (*FLAGS, *certificate.flags()), tls=certificate.trusted()).start()
    yield made
    code = made.stop()
    assert code == 0, f"kithd ended with {code}; {made.last_words()}"


@pytest.fixture
def another(folder):
    """Makes servers that the story may stop. → a function (certificate, flags) → a Server that runs."""
    made = []

    def start(certificate, *flags):
        name = folder / unique("data")
        made.append(Server(program(), name, (*FLAGS, *certificate.flags(), *flags), tls=certificate.trusted()).start())
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.kill()


def metric(server, name):
    lines = server.http("GET", "/metrics").text.splitlines()
    return next(int(line.split(" ")[1]) for line in lines if line.startswith(name + " "))


def eventually(true, what):
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def shown(server):
    """The certificate that a new connection is shown."""
    with socket.create_connection(server.address, WAIT_S) as plain:
        untrusting = ssl.create_default_context()
        untrusting.check_hostname, untrusting.verify_mode = False, ssl.CERT_NONE
        with untrusting.wrap_socket(plain) as wrapped:
            return wrapped.getpeercert(binary_form=True)


def refusal(folder, *flags):
    """What kithd says when it does not start. It must not have listened."""
    done = subprocess.run([program(), "--data", str(folder / unique("data")), "--port", "0", *flags], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, check=False)
    assert done.returncode in (1, 2) and not done.stdout, (done.returncode, done.stdout)
    return done.stderr.decode()


# ---- speaking it


def test_versions_and_protocol(server, certificate):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        trusted = certificate.trusted()
        trusted.minimum_version = trusted.maximum_version = version
        trusted.set_alpn_protocols(["h2", "http/1.1"])
        link = Socket(server.address, tls=trusted)
        assert link.socket.selected_alpn_protocol() == "http/1.1"
        assert link.socket.compression() is None
        assert link.ask("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").status == 200
        link.close()
    old = certificate.trusted()
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        Socket(server.address, tls=old)


def test_a_second_connection_needs_no_whole_handshake(server, certificate):
    trusted = certificate.trusted()
    trusted.maximum_version = ssl.TLSVersion.TLSv1_2
    first = Socket(server.address, tls=trusted)
    with socket.create_connection(server.address, WAIT_S) as plain:
        with trusted.wrap_socket(plain, server_hostname=server.address[0], session=first.socket.session) as second:
            assert second.session_reused
    first.close()


def test_a_reader_that_stops_gets_everything_in_the_end(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop"), bob.online("phone", receive_buffer=4096)
    where = laptop.send(bob)["conversation"]
    for base in range(1, 100):
        laptop.send(bob, "x" * 8000, base=base)
    phone.wait_for(where, 100, timeout=30)
    assert len(phone.entries[where]) == 100


def test_a_planned_stop_says_goodbye(another, certificate):
    made = another(certificate)
    device = made.user("alice").online()
    made.ask_to_stop()
    with pytest.raises(Closed) as closed:
        while True:
            device.link.hear()
    assert closed.value.code == 4002
    assert made.stopped() == 0


# ---- not speaking it


def test_plain_http_is_told_so(server):
    link = Socket(server.address)
    answer = link.ask("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.status == 400 and b"TLS" in answer.body
    with pytest.raises(Closed):
        link.read_answer()


def test_garbage_is_cut(server):
    failed, before = metric(server, "kith_tls_handshakes_failed_total"), server.user("alice").online()
    chance = random.Random(5)
    for size in (1, 5, 100, 5000, 100_000):
        link = Socket(server.address)
        link.write(b"\x16\x03\x01" + chance.randbytes(size))
        with contextlib.suppress(OSError):  # It may be cut already.
            link.socket.shutdown(socket.SHUT_WR)
        with pytest.raises(Closed):
            while True:
                link.more(time.monotonic() + WAIT_S)
        link.close()
    eventually(lambda: metric(server, "kith_tls_handshakes_failed_total") == failed + 5, "the handshakes were not counted")
    assert before.ask(ping={}) == {}


def test_the_silent_are_cut(server):
    """Silent from the start, and after a piece of a handshake; the limit of 10 s is for both together."""
    late = metric(server, "kith_tls_handshakes_late_total")
    silent, halfway, done = Socket(server.address), Socket(server.address), server.socket()
    halfway.write(b"\x16\x03\x01\x02\x00\x01\x00")
    began = time.monotonic()
    for link in (silent, halfway, done):
        with pytest.raises((Closed, Late)) as end:
            link.more(began + 15)
        assert end.type is Closed, "was not cut in 15 s"
        assert time.monotonic() - began > 8
    assert metric(server, "kith_tls_handshakes_late_total") == late + 2


def test_handshakes_count_as_connections(another, certificate):
    made = another(certificate)
    made.stop()
    made.flags = [flag for flag in made.flags if flag != "--loopback-exempt"] + ["--connections-per-address", "5"]
    made.start()
    silent = [Socket(made.address) for _ in range(5)]
    eventually(lambda: made.socket().ask("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").status == 503, "took a sixth connection")
    for link in silent:
        link.close()
    eventually(lambda: made.socket().ask("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").status == 200, "the places did not come back")


# ---- certificates


def test_a_new_certificate_on_sighup(another, folder):
    old, new = Certificate(folder, "old"), Certificate(folder, "new")
    made = another(old)
    device, before = made.user("alice").online(), shown(made)
    assert before == ssl.PEM_cert_to_DER_cert(old.chain.read_text())
    good = new.chain.read_bytes()

    new.chain.write_text("nonsense")
    old.chain.write_bytes(new.chain.read_bytes())
    made.process.send_signal(signal.SIGHUP)
    eventually(lambda: "the old certificate stays: " + str(old.chain) in made.last_words(), "the bad file was not reported")
    assert shown(made) == before

    old.chain.write_bytes(good)
    old.key.write_bytes(new.key.read_bytes())
    made.process.send_signal(signal.SIGHUP)
    eventually(lambda: shown(made) != before, "the new certificate is not shown")
    assert shown(made) == ssl.PEM_cert_to_DER_cert(good.decode())
    assert device.ask(ping={}) == {}
    made.process.send_signal(signal.SIGTERM)
    assert made.stopped() == 0


def test_files_that_do_not_fit(folder, certificate):
    other = Certificate(folder, "other")
    (folder / "empty").touch()
    for chain, key, words in (
            (folder / "none", certificate.key, f"{folder}/none: No such file"),
            (certificate.chain, folder / "none", f"{folder}/none: No such file"),
            (certificate.chain, other.key, f"{other.key}: is not the key of the certificate"),
            (certificate.key, certificate.key, f"{certificate.key}: is no certificate chain in PEM"),
            (certificate.chain, certificate.chain, f"{certificate.chain}: is no private key in PEM"),
            (folder / "empty", certificate.key, f"{folder}/empty: is empty")):
        said = refusal(folder, "--tls-cert", str(chain), "--tls-key", str(key))
        assert words in said and said.count("\n") == 1, said
    assert "--tls-cert and --tls-key come together" in refusal(folder, "--tls-cert", str(certificate.chain))


def test_the_end_of_the_certificate_is_a_metric(server):
    assert 86_400 < metric(server, "kith_tls_certificate_expires_seconds") - time.time() < 3 * 86_400


# ---- the terminal client


def test_kith_speaks_it_and_trusts_only_whom_it_was_told(server, certificate, folder):
    kith = Path(program()).with_name("kith")
    if not kith.exists():
        pytest.skip("there is no kith beside kithd")
    other, where = Certificate(folder, "stranger"), folder / "profile"
    bob = server.user("bob").online()

    def run(*words, **variables):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KITH")}
        clean["KITH_PASSWORD"] = "correct horse battery"
        done = subprocess.run([str(kith), *words, "--profile", str(where)], env={**clean, **variables}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    url, alice = "https://%s:%d" % server.address, unique("alice")
    for ca in ((), ("--ca", str(other.chain))):
        code, _, said = run("signup", alice, "--server", url, *ca)
        assert code == 3 and "the certificate is not trusted" in said, (code, said)
    code, _, said = run("signup", alice, "--server", url, "--ca", str(certificate.chain))
    assert code == 0, said
    code, _, said = run("send", bob.user, "hi bob")  # The profile knows server and authority.
    assert code == 0, said
    bob.listen(lambda: any("hi bob" in str(frame) for frame in bob.heard))
    code, _, said = run("send", bob.user, "hi", KITH_CA=str(other.chain))
    assert code == 3 and "the certificate is not trusted" in said, (code, said)
