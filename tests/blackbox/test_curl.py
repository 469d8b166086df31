"""docs/curl.md as it stands: its blocks run by a shell, one after the other, and what they leave behind is looked at."""

import json
import os
import re
import subprocess
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "curl.md"


def test_the_walk_through(server, tmp_path):
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) >= 9
    script = "set -eu\nset -o pipefail\n" + "".join(blocks) + 'printf "%s\\n" "$bob_token" "$group" "$seq" "$cursor" > kept\n'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env={**os.environ, "KITH_SERVER": "http://%s:%d" % server.address},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    token, group, seq, cursor = (tmp_path / "kept").read_text().split()
    sent, page = (json.loads((tmp_path / name).read_text()) for name in ("sent.json", "poll.json"))
    assert sent["conversation"] == group and sent["seq"] == int(seq) and sent["durability"] == "fsync"
    texts = [entry["message"]["text"] for change in page["page"]["changes"] for entry in change["entries"] if "message" in entry]
    assert texts == ["Noon at the corner?"] and page["page"]["cursor"] == cursor
    entries = json.loads((tmp_path / "history.json").read_text())["entries"]
    message = next(entry["message"] for entry in entries if "message" in entry)
    assert message["deleted"] and "text" not in message and "Noon" not in (tmp_path / "history.json").read_text()
    listed = json.loads((tmp_path / "list.json").read_text())["items"]
    assert [item["conversation"] for item in listed] == [group] and listed[0]["title"] == "Lunch"
    assert server.http("GET", "/v1/conversations", token=token).status == 401
