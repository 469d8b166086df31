"""The binary form of frames, by a codec that knows nothing but the field numbers of the reference.

In and out: what the JSON form would say."""

from datetime import datetime, timezone

from document import Object


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def encode(table, value):
    out = b""
    for name, inner in value.items():
        field = table.fields[name]
        for element in inner if field.many else [inner]:
            if isinstance(element, int):
                out += varint(field.number << 3) + varint(element)
            else:
                data = element.encode() if isinstance(element, str) else encode(field.kind, element)
                out += varint(field.number << 3 | 2) + varint(len(data)) + data
    return out


def read_varint(data, at):
    value = shift = 0
    while True:
        value, shift, at = value | (data[at] & 127) << shift, shift + 7, at + 1
        if not data[at - 1] & 128:
            return value, at


def time_of(data):
    """A google.protobuf.Timestamp as RFC 3339; whole milliseconds are checked."""
    parts = decode(None, data)
    milliseconds, rest = divmod(parts.get(2, 0), 1_000_000)
    assert rest == 0, f"a time with {parts[2]} ns"
    return datetime.fromtimestamp(parts.get(1, 0), timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{milliseconds:03}Z"


def decode(table, data):
    """A message; fields that the table does not know keep their number as name."""
    names = {field.number: (name, field) for name, field in table.fields.items()} if table else {}
    found, at = {}, 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        else:
            assert key & 7 == 0, f"wire type {key & 7}"
        name, field = names.get(key >> 3, (key >> 3, None))
        if field and field.kind == "time":
            value = time_of(value)
        elif field and isinstance(field.kind, Object):
            value = decode(field.kind, value)
        elif field and field.kind == "string":
            value = value.decode()
        elif field and field.kind == "boolean":
            value = bool(value)
        if field and field.many:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found
