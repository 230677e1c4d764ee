
// A finding: a line that unfolds. What it unfolds to is made when it is first asked for.
const SIGNS = { error: "✖", warning: "▲", note: "●" };
const OUTCOMES = {
  "+": ["passed", "✓"], x: ["lost", "✖"], "?": ["unknown", "?"], "-": ["skipped", "·"],
};
const ITEMS_AT_ONCE = 50;

function showFinding(finding, data, number, query) {
  const body = make("div", { class: "body", id: `body-${number}`, hidden: true });
  const button = make(
    "button",
    { type: "button", class: "head", "aria-expanded": "false", "aria-controls": body.id },
    make("span", { class: `badge ${finding.severity}` }, `${SIGNS[finding.severity]} ${finding.severity}`),
    make("span", { class: "rule" }, `${finding.code} ${finding.slug}${finding.standing ? ` (${finding.standing})` : ""}`),
    make("span", { class: "message" }, ...prose(finding.message)),
    make("span", { class: "where" }, finding.at),
    make("span", { class: "many" }, finding.items.length > 1 ? counted(finding.items.length, "item") : ""),
  );
  button.addEventListener("click", () => {
    if (!body.hasChildNodes()) {
      body.append(...unfold(finding, data, query));
    }
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
  });
  return make("article", { class: `finding ${finding.standing ? "idle" : finding.severity}` }, make("h3", {}, button), body);
}

function unfold(finding, data, query) {
  const rule = data.rules[finding.code] || {};
  const travelled = finding.items.some((item) => item.marks);
  const facts = make("dl", { class: "about" });
  tell(facts, "do", [make("p", { class: "do" }, ...prose(finding.hint))]);
  tell(facts, travelled ? "lost by" : "at", finding.places.map(showPlace));
  tell(facts, "needed by", finding.importers.map(showImporter));
  if (rule.text) {
    const told = finding.hint === rule.help ? rule.text : `${rule.text} ${rule.help}`;
    const link = make("a", { href: rule.page, rel: "noreferrer" }, `more about ${finding.code}`);
    tell(facts, "rule", [make("p", {}, ...prose(told), " ", link)]);
  }
  const shown = finding.items.filter((item) => !query || itemText(item).includes(query));
  return [facts, showItems(shown.length ? shown : finding.items, data, travelled)];
}

function tell(list, name, values) {
  if (values.length) {
    list.append(make("dt", {}, name), ...values.map((value) => make("dd", {}, value)));
  }
}

function showPlace([where, text]) {
  return make("span", { class: "place" }, make("b", {}, where), text ? make("code", {}, text) : null);
}

function showImporter([where, context, chain]) {
  const note = context === "module" ? "" : ` (${context})`;
  if (!chain.length) {
    return make("span", { class: "place" }, make("b", {}, where), note);
  }
  return make(
    "details", { class: "chain" },
    make("summary", {}, make("b", {}, where), note, ` reached through ${counted(chain.length, "module")}`),
    make("ol", {}, ...chain.map((module) => make("li", {}, make("code", {}, module)))),
  );
}

function itemText(item) {
  return `${item.name}\n${item.path || ""}`.toLowerCase();
}

function showItems(items, data, travelled) {
  const list = make("div", { class: travelled ? "items tracks" : "items" });
  if (travelled) {
    const names = data.gates.map(([gate]) => make("span", {}, gate));
    list.append(make("div", { class: "track names", "aria-hidden": "true" }, make("span", {}), ...names));
  }
  const more = make("button", { type: "button", class: "more-items" });
  let shown = 0;
  function grow() {
    const next = items.slice(shown, shown + ITEMS_AT_ONCE).map((item) => showItem(item, data));
    list.append(...next);
    const first = shown;
    shown += next.length;
    more.textContent = `Show ${Math.min(ITEMS_AT_ONCE, items.length - shown)} more of ${counted(items.length, "item")}`;
    more.hidden = shown >= items.length;
    if (first) {
      (next[0].querySelector("summary") || next[0]).focus();
    }
  }
  more.addEventListener("click", grow);
  grow();
  return make("div", { class: "travellers" }, list, more);
}

function showItem(item, data) {
  const name = make("span", { class: "name" }, item.name, item.path ? make("small", {}, item.path) : null);
  if (!item.marks) {
    return make("div", { class: "item", tabindex: "-1" }, name);
  }
  const outcomes = [...item.marks].map((mark) => OUTCOMES[mark]);
  const told = data.gates
    .map(([gate], number) => [gate, outcomes[number][0]])
    .filter(([, outcome]) => outcome === "lost" || outcome === "unknown")
    .map(([gate, outcome]) => `${outcome} at ${gate}`).join(", ");
  const marks = outcomes.map(([outcome, sign], number) =>
    make("span", { class: `mark ${outcome}`, title: `${data.gates[number][0]}: ${outcome}`, "aria-hidden": "true" }, sign));
  const summary = make("summary", { class: "track" }, name, make("span", { class: "spoken" }, `: ${told}`), ...marks);
  const details = make("details", { class: "item" }, summary);
  details.addEventListener("toggle", () => {
    if (details.children.length === 1) {
      details.append(showVerdicts(item, data, outcomes));
    }
  });
  return details;
}

function showVerdicts(item, data, outcomes) {
  return make("ol", { class: "verdicts" }, ...data.gates.map(([gate], number) => {
    const [reason, places] = item.verdicts[number];
    const [outcome, sign] = outcomes[number];
    return make(
      "li", { class: outcome },
      make("span", { class: `mark ${outcome}`, "aria-hidden": "true" }, sign),
      make("strong", {}, gate), make("span", { class: "spoken" }, ` ${outcome}: `),
      make("span", {}, ...prose(reason), ...places.map(showPlace)),
    );
  }));
}
