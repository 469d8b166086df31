// Shows openapi.json and asyncapi.json of the same server. Texts become text nodes only, so that no document can bring markup along.
"use strict";

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// `words` in backquotes become code.
function prose(text) {
  return (text || "").split("`").map((part, i) => (i % 2 ? element("code", null, part) : part));
}

const nameOf = (reference) => reference.split("/").pop();

function typeOf(schema) {
  if (!schema) return [""];
  if (schema.$ref) return [element("a", { href: "#schema-" + nameOf(schema.$ref) }, nameOf(schema.$ref))];
  const type = [].concat(schema.type || "any").filter((one) => one !== "null")[0];
  if (type === "array") return ["array of ", ...typeOf(schema.items)];
  return [schema.format ? schema.format : type];
}

function table(caption, rows) {
  const body = element("tbody");
  for (const cells of rows) body.append(element("tr", null, ...cells.map((cell) => element("td", null, ...cell))));
  return element("table", null, element("caption", null, caption), body);
}

const row = (name, where, schema, description) =>
  [[element("code", null, name)], [element("span", { class: "quiet" }, where)], typeOf(schema), prose(description)];

const members = (schema, where) =>
  Object.entries(schema.properties || {}).map(([name, one]) => row(name, where, one, one.description));

function operation(method, path, about) {
  const id = "operation-" + about.operationId;
  document.getElementById("list").append(element("a", { href: "#" + id }, method.toUpperCase() + " " + path));
  const made = element("section", { id },
    element("h3", null, element("span", { class: "method" }, method.toUpperCase()), element("code", null, path)),
    element("p", null, ...prose(about.description || about.summary)));
  const asked = (about.parameters || []).map((one) => row(one.name, one.in, one.schema, one.description));
  const body = about.requestBody && about.requestBody.content["application/json"].schema;
  if (body) asked.push(...members(body, "body"));
  if (asked.length) made.append(table("Request", asked));
  const answers = Object.entries(about.responses).map(([status, one]) => {
    const schema = Object.values(one.content || {}).map((kind) => kind.schema)[0];
    return [[element("code", null, status)], schema ? typeOf(schema) : [""], prose(one.description)];
  });
  made.append(table("Answers", answers));
  return made;
}

// A command on the socket with its answers, or what the server says by itself.
function message(api, name, about) {
  const id = "message-" + name;
  const target = (reference) => api.components.messages[nameOf(reference.$ref)];
  const said = about.messages.map(target)[0];
  const word = about.action === "receive" ? "SAY" : "HEAR";
  document.getElementById("list").append(element("a", { href: "#" + id }, word + " " + said.name));
  const made = element("section", { id },
    element("h3", null, element("span", { class: "method" }, word), element("code", null, said.name)),
    element("p", null, ...prose(about.description || about.summary)), table("Frame", members(said.payload, "")));
  const answers = ((about.reply || {}).messages || []).map(target);
  if (answers.length) {
    const rows = answers.map((one) => [[element("code", null, one.name)], typeOf(one.payload.properties[one.name]), prose(one.summary)]);
    made.append(table("Answers", rows));
  }
  return made;
}

async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

async function show() {
  const [api, socket] = await Promise.all([read("/docs/openapi.json"), read("/docs/asyncapi.json")]);
  const operations = document.getElementById("operations");
  operations.replaceChildren();
  for (const { name } of api.tags) {
    operations.append(element("h2", null, "HTTP: " + name));
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, about] of Object.entries(methods)) {
        if (about.tags.includes(name)) operations.append(operation(method, path, about));
      }
    }
  }
  const spoken = Object.entries(socket.operations);
  operations.append(element("h2", null, "WebSocket: commands"),
    ...spoken.filter(([, about]) => about.action === "receive").map(([name, about]) => message(socket, name, about)),
    element("h2", null, "WebSocket: what the server says by itself"),
    ...spoken.filter(([, about]) => about.action === "send").map(([name, about]) => message(socket, name, about)));
  const schemas = document.getElementById("schemas");
  schemas.append(element("h2", null, "Objects"));
  for (const [name, schema] of Object.entries({ ...socket.components.schemas, ...api.components.schemas })) {
    schemas.append(element("section", { id: "schema-" + name }, element("h3", null, name),
      element("p", null, ...prose(schema.description)), table("Members", members(schema, ""))));
  }
  if (location.hash) location.hash = location.hash;
}

show().catch((error) => document.getElementById("operations").replaceChildren("The documents could not be shown: " + error.message));
