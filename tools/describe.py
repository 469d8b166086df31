"""What the protocol is for other people's tools: docs/openapi.json (OpenAPI 3.1, HTTP) and docs/asyncapi.json (AsyncAPI 3, WebSocket).

Both follow from the schema and its comments. What is no command stands in tables: accounts and operators below, the server-side API in
admin_routes.py.
"""

import json
import re

import admin_routes

SAFE = 2**53 - 1
ID = {"type": "string", "minLength": 1, "maxLength": 64}
SECRET = admin_routes.PASSWORD
ANY_SECRET = {"type": "string", "maxLength": 256}
ACCOUNT = {"user": "A user id.", "device": "A device id.", "group": "The conversation id of a group."}

# Method, path, summary, members of the body (those with ? may be absent), who may, status, members of the answer.
ACCOUNTS = [
    ("POST", "/v1/auth/signup", "Makes an account and logs its first device in, where sign-up is open.", "user password device?", None, 201,
     "user device token"),
    ("POST", "/v1/auth/login", "Logs a device in. Its former token ends.", "user password device?", None, 200, "user device token"),
    ("POST", "/v1/auth/logout", "Ends the device of the token.", "", "user", 200, ""),
    ("GET", "/v1/auth/devices", "Lists the user's devices.", "", "user", 200, "devices"),
    ("DELETE", "/v1/auth/devices/{device}", "Ends a device of the user; also when it is not there.", "", "user", 200, ""),
    ("POST", "/v1/auth/password", "Changes the password, and logs out all other devices.", "old new", "user", 200, ""),
    ("POST", "/v1/auth/users", "Makes a user.", "user password?", "administrator", 201, "user"),
    ("GET", "/v1/auth/users/{user}", "Shows a user and their devices.", "", "administrator", 200,
     "user created origin hasPassword deactivated devices"),
    ("POST", "/v1/auth/users/{user}/tokens", "Logs a device of a user in.", "device?", "administrator", 201, "user device token"),
    ("DELETE", "/v1/auth/users/{user}/devices/{device}", "Ends a device of a user.", "", "administrator", 200, ""),
    ("POST", "/v1/auth/users/{user}/revoke", "Ends all devices of a user.", "", "administrator", 200, ""),
]
MEMBERS = {"user": ID, "device": ID, "password": SECRET, "new": SECRET, "old": ANY_SECRET, "token": {"type": "string"},
           "created": {"type": "string"}, "origin": {"type": "string"}, "hasPassword": {"type": "boolean"},
           "deactivated": {"type": "boolean"}, "devices": {"type": "array", "items": {"type": "object"}}}
POLL = [("cursor", {"type": "string"}, "The newest cursor that the device was given; absent: the answer is a `resync`."),
        ("useq", {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}, "The highest useq of an event applied after that cursor."),
        ("wait", {"type": "integer", "minimum": 0}, "Seconds to wait for something new; above 60: 60."),
        ("device", {"type": "string"}, "The device, where the token names none.")]
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A user's token: of a login, or a JWT of the application."},
    "administrator": {"type": "http", "scheme": "bearer", "description": "The administrator's token, or a service's JWT."}}
ADMINISTRATOR = [{"administrator": []}]
NEXT = "Where the next page is (`rel=\"next\"`, RFC 8288); absent: this was the last."
OPERATORS = [("/livez", "Says that the process is alive."), ("/readyz", "Says whether new clients are welcome."),
             ("/metrics", "Counters and gauges in the Prometheus text format.")]


def plain(comment):
    return " ".join(comment.split())


def camel(name):
    return "".join(part[0].upper() + part[1:] for part in re.split(r"[_/]", name) if part)


def reference(name):
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(field, writer="server"):
    """The schema of a field as the server writes it, as a client may (null: absent; a string may be a number), or as it stands in a URI."""
    spoken = writer == "client"
    if field.message:
        one = reference(field.type)
    elif field.json_type == "time":
        one = {"type": ["string", "null"] if spoken else "string", "format": "date-time"}
    elif field.json_type == "number":
        most = 2**32 - 1 if field.type == "std::uint32_t" else SAFE if writer == "server" else 2**64 - 1
        one = {"type": "integer", "minimum": 0, "maximum": most}
        if spoken:
            one.update({"type": ["integer", "string", "null"], "pattern": "^[0-9]+$"})
    else:
        one = {"type": [field.json_type, "null"] if spoken and not field.repeated else field.json_type}
    if field.repeated:
        one = {"type": ["array", "null"] if spoken else "array", "items": one}
    return {**one, "description": plain(field.comment)} if field.comment else one


def object_of(fields, comment="", writer="server"):
    out = {"type": "object", "properties": {field.key: schema_of(field, writer) for field in fields}}
    return {"description": plain(comment), **out} if comment else out


def components(messages):
    """The schemas of all messages but the two frames. Those that clients write are lenient, as the server is."""
    by_name = {message.name: message for message in messages}
    spoken, waiting = set(), [field.type for field in by_name["Command"].fields if field.message]
    while waiting:
        name = waiting.pop()
        if name not in spoken:
            spoken.add(name)
            waiting += [field.type for field in by_name[name].fields if field.message]
    return {m.name: object_of(m.fields, m.comment, "client" if m.name in spoken else "server")
            for m in messages if m.name not in ("Command", "Frame")}


# ------------------------------------------------------------------------------------------------------------- OpenAPI


def described(description, schema=None, kind="application/json", **headers):
    out = {"description": description}
    if headers:
        out["headers"] = {name.replace("_", "-"): {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    if schema:
        out["content"] = {kind: {"schema": schema}}
    return out


def problems(*more):
    own = {"4XX": described("Refused; `code` in the object says why.", reference("Error"), "application/problem+json"),
           "5XX": described("Not done, or not known; `outcome` in the object says which.", reference("Error"), "application/problem+json")}
    return {**own, **dict(more)}


def parameter(name, where, schema, description=""):
    schema = {key: value for key, value in schema.items() if key != "description"}
    if where == "path" and schema["type"] == "string":
        schema["minLength"] = 1
    out = {"name": name, "in": where, "required": where == "path", "schema": schema}
    return {**out, "description": description} if description else out


def operation_ids(routes):
    """The command's name, and where it has several twins what they differ in."""
    found = {}
    for route in routes:
        same = [other for other in routes if other.command.key == route.command.key]
        name = route.command.key
        if len({other.method for other in same}) > 1:
            name = route.method.lower() + camel(name)
        elif len(same) > 1:
            name += "To" + camel(route.fields("path")[0].key.removeprefix("to") or "user")
        found[(route.method, route.path)] = name
    return found


def operation(route, name):
    keyed = any(field.name == "client_id" for field in route.fields("body"))
    path, query, body = (route.fields(where) for where in ("path", "query", "body"))
    keys = {field.name: field.key for field in route.message.fields}
    out = {"operationId": name, "tags": ["commands"], "summary": plain(route.message.comment).split(". ")[0].rstrip("."),
           "description": plain(route.message.comment)}
    if route.constants:
        out["description"] += " Here " + ", ".join(f"`{keys[name]}` is {value}" for name, value in route.constants.items()) + "."
    parameters = [parameter(field.key, "path", schema_of(field, "URI"), plain(field.comment)) for field in path]
    parameters += [parameter(field.key, "query", schema_of(field, "URI"), plain(field.comment)) for field in query]
    if keyed:
        parameters.append(parameter("Idempotency-Key", "header", {"type": "string"}, "The `clientId`; counts before one in the body."))
    if parameters:
        out["parameters"] = parameters
    if body:
        out["requestBody"] = {"content": {"application/json": {"schema": object_of(body, writer="client")}}}
    reply = reference(camel(route.reply)) if route.status != 204 else None
    headers = {"Link": NEXT} if query else {}
    answers = {str(route.status): described("Done.", reply, **headers)}
    if route.reply == "sent":
        answers["200"] = described("Done before: this was a repeat.", reply)
    out["responses"] = {**answers, **problems()}
    return out


def account_operation(method, path, summary, body, who, status, answer):
    members = {word.rstrip("?"): word for word in body.split()}
    name = method.lower() + camel(re.sub(r"[{}]", "", path.removeprefix("/v1/auth/")))
    out = {"operationId": name, "tags": ["accounts"], "summary": summary,
           "description": summary + (f" With a token of the {who}." if who else "")}
    if not who:
        out["security"] = []
    elif who == "administrator":
        out["security"] = ADMINISTRATOR
    names = re.findall(r"\{(\w+)\}", path)
    if names:
        out["parameters"] = [parameter(name, "path", ID, ACCOUNT[name]) for name in names]
    if members:
        schema = {"type": "object", "properties": {name: MEMBERS[name] for name in members},
                  "required": [name for name, word in members.items() if not word.endswith("?")]}
        out["requestBody"] = {"required": bool(schema["required"]), "content": {"application/json": {"schema": schema}}}
        if not schema["required"]:
            del schema["required"]
    answer = answer.split()
    schema = {"type": "object", "properties": {name: MEMBERS[name] for name in answer}, "required": answer}
    out["responses"] = {str(status): described("Done.", schema if answer else {"type": "object"}), **problems()}
    return out


def admin_body(route, by_name):
    """What the fields of the command allow, but those that are demanded; and the members that only this route has."""
    found = object_of(by_name[route.command].fields, writer="client")["properties"] if route.command else {}
    demanded = route.demands.split()
    found.update({name: {**found[name], "type": "string"} for name in demanded})
    demanded += [name for name, schema in route.body.items() if not isinstance(schema["type"], list)]
    out = {"type": "object", "properties": {**route.body, **found}}
    return {**out, "required": demanded} if demanded else out


def admin_answer(route, status, description, name):
    headers = {"Link": NEXT} if route.paged else {"Location": "Where it is."} if status == 201 and route.located else {}
    if name != "ExportLine":
        return described(description, reference(name) if name else None, **headers)
    out = described(description, {"type": "string"}, "application/jsonl", **headers)
    out["content"]["application/jsonl"]["x-itemSchema"] = reference(name)  # What itemSchema says in OpenAPI 3.2.
    return out


def admin_operation(route, by_name):
    first, *rest = route.action.split(".")
    text = " ".join(filter(None, [route.summary, route.about, f"In the audit log: `{route.action}`."]))
    out = {"operationId": first + camel("_".join(rest)), "tags": ["server-side"], "summary": route.summary.rstrip("."), "description": text,
           "security": ADMINISTRATOR}
    parameters = [parameter(name, "path", ID, ACCOUNT[name]) for name in re.findall(r"\{(\w+)\}", route.path)]
    parameters += [parameter(name, "query", schema, schema["description"]) for name, schema in route.query.items()]
    if parameters:
        out["parameters"] = parameters
    if route.body or route.command:
        schema = admin_body(route, by_name)
        out["requestBody"] = {"required": "required" in schema, "content": {"application/json": {"schema": schema}}}
    out["responses"] = {**{str(status): admin_answer(route, status, *about) for status, about in route.answers.items()}, **problems()}
    return out


def poll_operation():
    what = "What the device missed since its position, at once if there is something, else as soon as there is."
    frame = {"type": "object", "properties": {"page": reference("Page"), "resync": reference("Resync")}, "additionalProperties": False}
    prefer = parameter("Prefer", "header", {"type": "string"}, "`wait=SECONDS` (RFC 7240), where the query has no `wait`.")
    what += " Absent `wait`: 25 seconds. The position that is presented is confirmed."
    parameters = [*(parameter(name, "query", *about) for name, *about in POLL), prefer]
    return {"operationId": "sync", "tags": ["commands"], "summary": "Long polling", "description": what, "parameters": parameters,
            "responses": {"200": described("One of the two, as in a frame.", frame),
                          "204": described("Nothing new in this time."), **problems()}}


def position(*names):
    return [parameter(name, "query", *about) for name, *about in POLL if name in names]


def confirm_operation():
    what = "Says that the device has applied everything up to this position: for streams, on which nothing can be said."
    return {"operationId": "confirmPosition", "tags": ["commands"], "summary": "Confirms a position", "description": what,
            "parameters": position("cursor", "useq", "device"), "responses": {"204": described("Done."), **problems()}}


def events_operation():
    what = ("What the device missed, then everything as it happens, as Server-Sent Events that do not end: each holds one frame (ready, "
            "page, resync, synced, event, goaway, error; receipts, typing and presences, if the device asked for them over HTTP since). "
            "The `id` of an event is a cursor.")
    last = parameter("Last-Event-ID", "header", {"type": "string"}, "The newest `id` that was applied; counts before the query.")
    return {"operationId": "events", "tags": ["commands"], "summary": "Server-Sent Events", "description": what,
            "parameters": [*position("cursor", "useq", "device"), last],
            "responses": {"200": described("The stream.", {"type": "string"}, "text/event-stream"), **problems()}}


def openapi(messages, routes, version):
    paths, ids = {}, operation_ids(routes)
    for route in routes:
        path = route.path
        for field in route.fields("path"):
            path = path.replace("{" + field.name + "}", "{" + field.key + "}")
        paths.setdefault(path, {})[route.method.lower()] = operation(route, ids[(route.method, route.path)])
    paths["/v1/sync"] = {"get": poll_operation(), "put": confirm_operation()}
    paths["/v1/events"] = {"get": events_operation()}
    for line in ACCOUNTS:
        paths.setdefault(line[1], {})[line[0].lower()] = account_operation(*line)
    by_name = {message.name: message for message in messages}
    for route in admin_routes.ROUTES:
        paths.setdefault(admin_routes.PREFIX + route.path, {})[route.method.lower()] = admin_operation(route, by_name)
    for path, summary in OPERATORS:
        answers = {"200": described("Yes.", {"type": "string"}, "text/plain")}
        if path == "/readyz":
            answers["503"] = described("No: the server is stopping.", {"type": "string"}, "text/plain")
        paths[path] = {"get": {"operationId": path[1:], "tags": ["operators"], "summary": summary, "security": [], "responses": answers}}
    schemas = {**components(messages), **admin_routes.SCHEMAS}
    for command in by_name["Command"].fields:
        schemas.pop(command.type, None)  # Over HTTP a command is its path, query and body.
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Kith over HTTP", "version": version,
                 "description": "Every command of the protocol as a request, accounts, and the server-side API under /v1/admin. What each "
                                "promises stands in docs/protocol.md and docs/server-api.md."},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": name} for name in ("commands", "accounts", "server-side", "operators")],
        "paths": paths,
        "components": {"securitySchemes": SECURITY, "schemas": used_only(schemas, paths)},
    }
    return written(document)


def used_only(schemas, *roots):
    """Those that are referred to, directly or not."""
    used, waiting = set(), list(roots)
    while waiting:
        for name in set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(waiting.pop()))) - used:
            used.add(name)
            waiting.append(schemas[name])
    return {name: schema for name, schema in schemas.items() if name in used}


# ------------------------------------------------------------------------------------------------------------ AsyncAPI


def asyncapi(messages, version):
    by_name = {message.name: message for message in messages}
    here = "#/channels/socket"

    def message_of(field, number, comment):
        properties = {number.key: schema_of(number), field.key: reference(field.type)}
        payload = {"type": "object", "properties": properties, "required": [field.key]}
        return {"name": field.key, "summary": plain(comment).split(". ")[0].rstrip(".") or field.key, "payload": payload}

    found, operations, pushes = {}, {}, []
    for frame, prefix in (("Command", "command"), ("Frame", "frame")):
        number, *bodies = by_name[frame].fields
        for field in bodies:
            found[prefix + camel(field.key)] = message_of(field, number, by_name[field.type].comment)
    for field in by_name["Command"].fields[1:]:
        replies = re.findall(r"Reply: `(\w+)`", by_name[field.type].comment)
        one = {"action": "receive", "channel": {"$ref": here}, "summary": found["command" + camel(field.key)]["summary"],
               "description": plain(by_name[field.type].comment), "messages": [{"$ref": f"{here}/messages/command{camel(field.key)}"}]}
        if replies:
            answers = [*replies, "error"]
            one["reply"] = {"channel": {"$ref": here}, "messages": [{"$ref": f"{here}/messages/frame{camel(name)}"} for name in answers]}
        operations[field.key] = one
    for field in by_name["Frame"].fields[1:]:
        if by_name[field.type].group == "pushes" or field.key == "hello":
            pushes.append(field.key)
            operations["push" + camel(field.key)] = {
                "action": "send", "channel": {"$ref": here}, "summary": found["frame" + camel(field.key)]["summary"],
                "description": plain(by_name[field.type].comment), "messages": [{"$ref": f"{here}/messages/frame{camel(field.key)}"}]}
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Kith over a WebSocket", "version": version,
                 "description": "Text frames of the subprotocol kith.v1.json, as the server sees them: it receives commands, and sends "
                                "replies and pushes. What they promise stands in docs/protocol.md."},
        "defaultContentType": "application/json",
        "servers": {"here": {"host": "127.0.0.1:8080", "protocol": "ws"}},
        "channels": {"socket": {"address": "/v1/ws", "title": "One device", "bindings": {"ws": {"method": "GET"}},
                                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in found}}},
        "operations": operations,
        "components": {"messages": found, "schemas": components(messages)},
    }
    return written(document)


def written(document):
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
