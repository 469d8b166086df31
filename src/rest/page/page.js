// Shows openapi.json of the same server. Texts become text nodes only, so that no document can bring markup along.
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

async function show() {
  const answer = await fetch("/docs/openapi.json");
  const api = await answer.json();
  const operations = document.getElementById("operations");
  operations.replaceChildren();
  for (const { name } of api.tags) {
    operations.append(element("h2", null, name[0].toUpperCase() + name.slice(1)));
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, about] of Object.entries(methods)) {
        if (about.tags.includes(name)) operations.append(operation(method, path, about));
      }
    }
  }
  const schemas = document.getElementById("schemas");
  schemas.append(element("h2", null, "Objects"));
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    schemas.append(element("section", { id: "schema-" + name }, element("h3", null, name),
      element("p", null, ...prose(schema.description)), table("Members", members(schema, ""))));
  }
  if (location.hash) location.hash = location.hash;
}

show().catch((error) => document.getElementById("operations").replaceChildren("openapi.json could not be shown: " + error.message));
