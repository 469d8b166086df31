"""One long story with an unlucky hand: cuts, kills of the server, and repeats; in the end every device has everything once."""

import contextlib
import os
import random

import pytest

from kith import Refused, message

pytestmark = pytest.mark.over()


class Sender:
    """A device that keeps its unsent messages, as the page tells clients to, and sends them again until they are acked."""

    def __init__(self, device, peer):
        self.device, self.peer, self.acked, self.waiting, self.count = device, peer, {}, [], 0

    def write(self, patient):
        self.count += 1
        body = message(self.peer, f"{self.device} {self.count}")
        self.waiting.append(body)
        number = self.device.say(send=body)
        if patient:
            self.device.answer(number)

    def flush(self):
        for body in self.waiting:
            sent = self.device.ask(send=body)
            assert body["clientId"] not in self.acked
            self.acked[body["clientId"]] = (sent["conversation"], sent["seq"], sent["time"], body["text"])
        self.waiting = []


def test_a_bad_day(new_server):
    server, dice = new_server(), random.Random(os.environ.get("KITH_SEED", "7"))
    alice, bob = server.users("alice", "bob")
    senders = [Sender(user.online(name), peer) for user, peer in ((alice, bob), (bob, alice)) for name in ("laptop", "phone")]
    for action in range(400):
        one = dice.choice(senders)
        device = one.device
        if action in (100, 200, 300):
            server.kill()
            server.start()
            for other in senders:
                other.device.link = None
        elif device.link is None:
            device.server = server
            device.connect(until=dice.choice(["ready", "synced"]))
        elif dice.random() < 0.1:
            device.cut()
        elif dice.random() < 0.1 and device.entries:
            where = next(iter(device.entries))
            with contextlib.suppress(Refused):
                device.ask(read={"conversation": where, "seq": max(device.entries[where])})
        elif dice.random() < 0.3 and one.waiting:
            device.say(send=dice.choice(one.waiting))
        else:
            one.write(patient=dice.random() < 0.5)
    for one in senders:
        one.device.again()
        one.flush()
    stored = senders[0].device.whole_history(next(iter(senders[0].device.entries)))
    acked = sorted(answer for one in senders for answer in one.acked.values())
    assert acked == [(entry["conversation"], entry["seq"], entry["time"], entry["text"]) for entry in stored]
    for one in senders:
        one.device.wait_for(stored[0]["conversation"], len(stored))
        one.device.again()
        for entry in stored:
            assert one.device.entries[entry["conversation"]].get(entry["seq"], entry) == entry
