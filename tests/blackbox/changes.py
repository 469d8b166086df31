"""What entries do to the messages that they name: the rules of docs/protocol.md, "What a client does"."""

CHANGES = ("edited", "deleted", "reacted")
STAYS = {"conversation", "seq", "from", "time", "n", "clientId"}  # Of a deleted message, beside `deleted` and `version`.


def kind_of(entry):
    """→ (kind, body) of an Entry, or of the body of an event."""
    (kind, body), = ((kind, body) for kind, body in entry.items() if kind != "useq")
    return kind, body


def changed(message, kind, change):
    """→ the message as the change leaves it. Applying it again, or after a later one, is harmless."""
    if "deleted" in message:
        return message
    after = dict(message)
    if kind == "deleted":
        after = {name: value for name, value in message.items() if name in STAYS}
        after["deleted"] = change["seq"]
    elif kind == "edited":
        edits = message.get("edits", [])
        if all(edit["seq"] < change["seq"] for edit in edits):
            after["edits"] = edits + [{"seq": change["seq"], "time": change["time"]}]
            if "text" in change:  # Without: the message was deleted since, and that entry comes.
                after["text"] = change["text"]
    else:
        reactions = {one["emoji"]: one["users"] for one in message.get("reactions", [])}
        users = reactions.get(change["emoji"], [])
        if change.get("removed"):
            reactions[change["emoji"]] = [user for user in users if user != change["from"]]
        elif change["from"] not in users:
            reactions[change["emoji"]] = users + [change["from"]]
        after["reactions"] = [{"emoji": emoji, "users": users} for emoji, users in reactions.items() if users]
        if not after["reactions"]:
            del after["reactions"]
    return {**after, "version": max(change["seq"], message.get("version", 0))}


def contradicts(before, after):
    """→ what of a message can never change, and did."""
    wrong = [name for name in STAYS if before.get(name) != after.get(name)]
    if "deleted" in before and before != after:
        wrong.append("deleted")
    if after.get("withheld") or before.get("withheld"):  # Changed while the user was not there to see it.
        return wrong
    if after.get("version", 0) < before.get("version", 0) or (after.get("version") == before.get("version") and before != after):
        wrong.append("version")
    if "deleted" in after:
        return wrong + [f"{name} of a deleted message" for name in set(after) - STAYS - {"deleted", "version"}]
    wrong += [name for name in ("replyTo", "mentions", "attachments", "kind", "data") if before.get(name) != after.get(name)]
    if before.get("text") != after.get("text") and before.get("edits") == after.get("edits"):
        wrong.append("text without an edit")
    return wrong


def older_than_itself(entries):
    """→ what of these entries, read at one time, shows a message without a change that is among them."""
    messages = {body["seq"]: body for kind, body in map(kind_of, entries) if kind == "message"}
    for kind, change in map(kind_of, entries):
        message = messages.get(change.get("target"))
        if kind in CHANGES and message and not message.get("withheld") and message.get("version", 0) < change["seq"]:
            yield f"the version of {message} beside {kind} {change}"
        if message is None or "deleted" in message:
            if kind == "edited" and message and "text" in change:
                yield f"the text of an edit {change} of the deleted {message}"
        elif kind == "deleted" or (kind == "edited" and change["seq"] not in [edit["seq"] for edit in message.get("edits", [])]):
            yield f"{message} beside {kind} {change}"
