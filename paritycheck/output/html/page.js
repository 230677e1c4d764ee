
// The page: what is chosen, and the findings that it leaves.
const FINDINGS_AT_ONCE = 100;

function haystack(finding) {
  finding.hay ??= [
    finding.message, finding.at, finding.code, finding.slug,
    ...finding.places.map(([where]) => where), ...finding.importers.map(([where]) => where),
    ...finding.items.map(itemText),
  ].join("\n").toLowerCase();
  return finding.hay;
}

function start() {
  const data = JSON.parse(byId("data").textContent);
  const chosen = { gate: -1 };
  let left = data.findings;
  let shown = 0;

  function wanted(finding, severities, rule, query) {
    return severities.has(finding.severity)
      && (!rule || finding.code === rule)
      && (chosen.gate < 0 || finding.items.some((item) => item.marks && item.marks.indexOf("x") === chosen.gate))
      && (!query || haystack(finding).includes(query));
  }

  function query() {
    return byId("text").value.trim().toLowerCase();
  }

  function filter() {
    const boxes = [...byId("severities").querySelectorAll("input")];
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    left = data.findings.filter((finding) => wanted(finding, severities, byId("rule").value, query()));
    shown = 0;
    byId("list").replaceChildren();
    gates.forEach((gate, number) => gate.setAttribute("aria-pressed", String(number === chosen.gate)));
    grow();
  }

  function grow() {
    const next = left.slice(shown, shown + FINDINGS_AT_ONCE)
      .map((finding, number) => showFinding(finding, data, shown + number, query()));
    byId("list").append(...next);
    shown += next.length;
    const total = data.findings.length;
    byId("status").textContent = total
      ? `${left.length.toLocaleString("en")} of ${counted(total, "finding")}`
      : "Nothing that the container needs is missing.";
    byId("more").hidden = shown >= left.length;
    byId("more").textContent = `Show ${Math.min(FINDINGS_AT_ONCE, left.length - shown)} more`;
    return next;
  }

  function choose(gate) {
    chosen.gate = chosen.gate === gate ? -1 : gate;
    filter();
  }

  byId("facts").append(...data.facts.map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  byId("verdict").classList.add(data.findings.length ? "found" : "parity");
  const gates = showJourney(data, choose);
  fillFilters(data);
  if (data.images.length) {
    byId("images").hidden = false;
    byId("checked").append(...data.images.map((line) => make("li", {}, line)));
  }
  if (data.remarks.length) {
    byId("unknown").hidden = false;
    byId("remarks").append(...data.remarks.map((remark) => make("li", {}, remark)));
  }
  const form = byId("filters");
  form.hidden = !data.findings.length;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    chosen.gate = -1;
    setTimeout(filter); // the controls change after the event
  });
  byId("more").addEventListener("click", () => grow()[0].querySelector("button").focus());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId("text").focus();
    }
  });
  themes();
  filter();
}

function fillFilters(data) {
  const tally = (key) => data.findings.reduce(
    (counts, finding) => counts.set(finding[key], (counts.get(finding[key]) || 0) + 1), new Map());
  const severities = tally("severity");
  for (const severity of ["error", "warning", "note"]) {
    const box = make("input", { type: "checkbox", value: severity, checked: true });
    const count = (severities.get(severity) || 0).toLocaleString("en");
    byId("severities").append(
      make("label", { class: `choice ${severity}` }, box, ` ${SIGNS[severity]} ${severity} (${count})`));
  }
  const slugs = new Map(data.findings.map((finding) => [finding.code, finding.slug]));
  for (const [code, count] of [...tally("code")].sort()) {
    byId("rule").append(make("option", { value: code }, `${code} ${slugs.get(code)} (${count.toLocaleString("en")})`));
  }
}

function themes() {
  const names = ["auto", "light", "dark"];
  let now = 0;
  byId("theme").addEventListener("click", () => {
    now = (now + 1) % names.length;
    document.documentElement.dataset.theme = names[now];
    byId("theme").textContent = `Theme: ${names[now]}`;
  });
}

start();
