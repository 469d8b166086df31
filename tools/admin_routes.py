"""The routes of the server-side API, for docs/openapi.json. docs/server-api.md says what each promises.

They are no commands, so the schema does not know them: what they take and answer stands here. Their table in C++ is that of
src/admin/admin.cpp; check.py compares the two, and the page.
"""

import dataclasses
import re

PREFIX = "/v1/admin"
TABLE = "src/admin/admin.cpp"
LINE = re.compile(r'\{"([A-Z]+)", "(/[^"]*)", "([a-z.]+)", (?:true|false), \w+\},')
NUMBER = {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}
NAME = {"type": "string", "minLength": 1, "maxLength": 64}
TIME = {"type": "string", "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
FLAG = {"type": "boolean"}
TEXT = {"type": "string"}
# A schema counts characters, of which two may be eight bytes.
PASSWORD = {"type": "string", "minLength": 2, "maxLength": 256, "description": "8 to 256 bytes of UTF-8."}
STATE = {"type": "string", "enum": ["active", "deactivated", "erasing", "erased"]}
ORIGIN = {"type": "string", "description": "How the account came to be."}


def absent(schema):
    """As a member of a body that may be left out: null is absent."""
    out = {**schema, "type": [schema["type"], "null"]}
    return {**out, "enum": [*schema["enum"], None]} if "enum" in schema else out


def told(schema, description):
    return {**schema, "description": description}


def shape(members, optional="", **more):
    """An object with these members; all are there but the optional ones."""
    return {"type": "object", "properties": members, "required": [name for name in members if name not in optional.split()], **more}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def lines_of(**kinds):
    return {"type": "object", "properties": kinds, "minProperties": 1, "maxProperties": 1, "additionalProperties": False}


CONVERSATION = shape({"conversation": TEXT, "with": NAME, "read": COUNT, "cleared": COUNT, "settings": ref("Settings")}, "with settings")
SCHEMAS = {
    "UserState": shape({"user": NAME, "state": STATE}),
    "ListedUser": shape({"user": NAME, "state": STATE, "created": TIME, "origin": ORIGIN}, "created origin",
                        description="An erased user has neither `created` nor `origin`."),
    "UserPage": shape({"users": {"type": "array", "items": ref("ListedUser")}, "next": told(NAME, "Pass it as `after`.")}, "next"),
    "UserDevice": shape({"device": NAME, "created": TIME, "lastSeen": told(TIME, "Right within an hour."),
                         "by": {"type": "string", "enum": ["login", "application"]}}),
    "ShownUser": shape({"user": NAME, "state": STATE, "created": TIME, "origin": ORIGIN, "hasPassword": FLAG, "online": FLAG,
                        "lastSeen": TIME, "devices": {"type": "array", "items": ref("UserDevice")}},
                       "created origin hasPassword online lastSeen devices", description="Of an erased user, only `user` and `state`."),
    "DeviceToken": shape({"user": NAME, "device": NAME, "expires": told(TIME, "Of a token of the application."), "token": TEXT},
                         "device expires"),
    "ExportLine": lines_of(
        account=shape({"user": NAME, "created": TIME, "origin": ORIGIN, "hasPassword": FLAG, "deactivated": FLAG}),
        device=shape({"device": NAME, "created": TIME, "lastSeen": TIME}), preferences=ref("Preferences"), contact=ref("Contact"),
        conversation=CONVERSATION, entry=ref("Entry"), next=told(TEXT, "The `page` that follows."),
        end=told({"type": "object"}, "The export is whole.")),
    "AuditRecord": shape({"number": COUNT, "time": TIME, "who": TEXT, "address": TEXT, "what": TEXT, "whom": TEXT,
                          "outcome": told(TEXT, "`ok`, `begun`, or the code of the error.")}, "whom"),
    "AuditPage": shape({"records": {"type": "array", "items": ref("AuditRecord")}, "next": told(COUNT, "Pass it as `before`.")}, "next"),
}


@dataclasses.dataclass
class AdminRoute:
    method: str
    path: str     # Below the prefix; {user} …
    action: str   # Its name in the audit log.
    summary: str
    answers: dict  # Status -> (what it says, name of a schema or None).
    about: str = ""
    query: dict = dataclasses.field(default_factory=dict)
    body: dict = dataclasses.field(default_factory=dict)  # Members that must be there, unless absent().
    command: str = ""  # The message of the schema whose fields are members too.
    demands: str = ""  # Those of them that must be there.

    @property
    def key(self):
        return self.method, re.sub(r"\{\w+\}", "*", self.path), self.action

    @property
    def paged(self):
        return bool({"after", "before", "page"} & set(self.query))

    @property
    def located(self):
        """Says where it is what it made."""
        return self.action in ("user.create", "group.create")


DONE = "Done."
STATES = {200: (DONE, "UserState")}
GONE = {204: (DONE, None)}
CHANGED = {200: (DONE, "Changed")}
ROLE = {"type": "string", "enum": ["owner", "admin", "member", "guest"]}


def page_of(after, default, form):
    return {after: told(form, "Where the page begins: `next` of the one before."),
            "limit": told(NUMBER, f"At most so many, 1 to 200; absent: {default}.")}


AFTER = {"type": "string", "maxLength": 64}
ROUTES = [
    AdminRoute("GET", "/users", "users.list", "Lists the users, by user id.", {200: (DONE, "UserPage")},
               query=page_of("after", 100, AFTER)),
    AdminRoute("PUT", "/users/{user}", "user.create", "Makes a user, or finds it there.",
               {201: ("Made.", "UserState"), 200: ("There already.", "UserState")},
               "`name_taken` if there with another password, deactivated or erased.", body={"password": absent(PASSWORD)}),
    AdminRoute("GET", "/users/{user}", "user.show", "Shows a user and their devices.", {200: (DONE, "ShownUser")}),
    AdminRoute("DELETE", "/users/{user}", "user.erase", "Erases a user for good.",
               {200: ("Erased.", "UserState"), 202: ("It goes on; repeat to wait for its end.", "UserState")},
               query={"messages": told({"type": "string", "enum": ["keep", "erase", ""]},
                                       "What becomes of what they said; absent or empty: `keep`.")}),
    AdminRoute("POST", "/users/{user}/deactivate", "user.deactivate", "Ends all tokens of a user and closes them to others.", STATES),
    AdminRoute("POST", "/users/{user}/reactivate", "user.reactivate", "Takes a deactivation back.", STATES,
               "`forbidden` if erased. Tokens of before stay dead."),
    AdminRoute("GET", "/users/{user}/export", "user.export", "All that concerns a user and that they may see, a line each.",
               {200: ("JSON lines, of which the last is `next` or `end`.", "ExportLine")},
               query={"page": told(TEXT, "Where the page begins: `next` of the one before.")}),
    AdminRoute("PUT", "/users/{user}/password", "password.set", "Gives a user a password.", GONE, "`forbidden` if deactivated or erased.",
               body={"password": PASSWORD, "revoke": told(absent(FLAG), "Also ends all devices and tokens; absent: true.")}),
    AdminRoute("POST", "/users/{user}/tokens", "token.make", "Makes a token of a user.", {201: ("Made.", "DeviceToken")},
               "`not_found` for one of the application, where the server has no key.",
               body={"kind": told(absent({"type": "string", "enum": ["device", "application"]}),
                                  "A new login of the device, or a JWT as the application would make it; absent: `device`."),
                     "device": absent(NAME),
                     "seconds": told(absent(NUMBER), "How long one of the application lives, 1 to 2592000; absent: 3600.")}),
    AdminRoute("DELETE", "/users/{user}/devices", "devices.revoke", "Ends all devices and tokens of a user.", GONE),
    AdminRoute("DELETE", "/users/{user}/devices/{device}", "device.revoke", "Ends a device of a user; also when it is not there.", GONE),
    AdminRoute("POST", "/groups", "group.create", "Makes a group in the name of its owner. A repeat finds it.", {201: (DONE, "Group")},
               body={"owner": NAME}, command="CreateGroup", demands="clientId title"),
    AdminRoute("GET", "/groups/{group}", "group.show", "Shows a group, without a `role`.", {200: (DONE, "Group")}),
    AdminRoute("GET", "/groups/{group}/members", "members.list", "Lists the members of a group.", {200: (DONE, "Members")},
               "Pass `next` as `after`.", query=page_of("after", 50, AFTER)),
    AdminRoute("POST", "/groups/{group}/members", "members.add", "Adds members to a group.", CHANGED,
               "Without `seq` in the answer: all are members already.",
               body={"users": {"type": "array", "items": NAME, "minItems": 1, "maxItems": 250}}),
    AdminRoute("PUT", "/groups/{group}/members/{user}", "member.set", "Gives a member a role; who is no member becomes one.", CHANGED,
               "`forbidden` for the last owner.", body={"role": ROLE}),
    AdminRoute("DELETE", "/groups/{group}/members/{user}", "member.remove", "Removes a member from a group.", CHANGED,
               "Without `seq` in the answer: is no member."),
    AdminRoute("POST", "/messages", "message.send", "Sends a message in the name of a user or of the system.",
               {201: (DONE, "Sent"), 200: ("Done before: this was a repeat.", "Sent")},
               "Without `kind` the message has the kind `system`; an empty one makes it a plain one.",
               body={"from": told(absent(NAME), "In whose name; absent: the system user.")}, command="Send", demands="clientId"),
    AdminRoute("GET", "/audit", "audit.list", "What was done with these routes, the newest first.", {200: (DONE, "AuditPage")},
               query=page_of("before", 50, NUMBER)),
]


def in_code(text):
    """The table of src/admin/admin.cpp → {(method, path with *, action): line number}."""
    return {match.groups(): number for number, line in enumerate(text.split("\n"), 1) if (match := LINE.fullmatch(line.strip()))}


def on_page(text):
    """The routes that docs/server-api.md names → {(method, path with *)}."""
    return {(method, re.sub(r"[A-Z]+", "*", path))
            for method, path in re.findall(rf"`([A-Z]+) {PREFIX}(/[\w/]+)`", text)}


def differences(code, page):
    """Each route that is not in all three places → (line of the code, what is wrong)."""
    coded, described = in_code(code), {route.key for route in ROUTES}
    for key in sorted(set(coded) - described):
        yield coded[key], f"{key[0]} {PREFIX}{key[1]} ({key[2]}) is not in tools/admin_routes.py; describe it there"
    for key in sorted(described - set(coded)):
        yield 1, f"{key[0]} {PREFIX}{key[1]} ({key[2]}) is in tools/admin_routes.py, but not in the code"
    named = on_page(page)
    for method, path, action in sorted(coded):
        if (method, path) not in named:
            yield coded[method, path, action], f"{method} {PREFIX}{path} is not in docs/server-api.md"
    for method, path in sorted(named - {key[:2] for key in coded}):
        yield 1, f"docs/server-api.md has {method} {PREFIX}{path}, which is not in the code"
