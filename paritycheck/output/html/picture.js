
// The picture: a river of items, from the checkout on the left to the container on the right. What a
// gate loses falls out of it there. One column a gate and one for the container, 100 units wide each.
const HEIGHT = 170;
const RIVER = 60;
const LEAST = 6;

function lossesByGate(data) {
  const lost = data.gates.map(() => 0);
  for (const finding of data.findings) {
    for (const item of finding.items) {
      const gate = item.marks ? item.marks.indexOf("x") : -1;
      if (gate >= 0) {
        lost[gate] += 1;
      }
    }
  }
  return lost;
}

function thickness(counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count ? Math.max(LEAST, (RIVER * count) / total) : 0));
}

// A slice of the river that turns down at a gate.
function fall(gate, top, slice) {
  const centre = gate * 100 + 50;
  const half = Math.min(Math.max(slice / 2, 4), 22);
  const bend = centre - 34;
  const end = HEIGHT - 12;
  return [
    `M0 ${top} L${bend} ${top} C${centre + half} ${top} ${centre + half} ${top + 14} ${centre + half} ${top + 40}`,
    `L${centre + half} ${end} L${centre + half + 7} ${end} L${centre} ${HEIGHT}`,
    `L${centre - half - 7} ${end} L${centre - half} ${end} L${centre - half} ${top + slice + 34}`,
    `C${centre - half} ${top + slice} ${bend} ${top + slice} ${bend} ${top + slice} L0 ${top + slice} Z`,
  ].join(" ");
}

function river(data, lost) {
  const width = (data.gates.length + 1) * 100;
  const sizes = thickness([data.arrived, data.unknown, ...lost]);
  const calm = lost.every((count) => !count);
  const svg = draw("svg", {
    class: calm ? "calm" : "",
    viewBox: `0 0 ${width} ${calm ? HEIGHT - 90 : HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false",
  });
  data.gates.forEach((_, gate) => {
    const x = gate * 100 + 50;
    svg.append(draw("line", { x1: x, x2: x, y1: 0, y2: HEIGHT, class: "post" }));
  });
  let top = 4;
  for (const [kind, size] of [["arrived", sizes[0]], ["doubtful", sizes[1]]]) {
    if (size) {
      svg.append(draw("path", {
        class: kind,
        d: `M0 ${top} H${width - 18} L${width} ${top + size / 2} L${width - 18} ${top + size} H0 Z`,
      }));
    }
    top += size;
  }
  // The last gate's losses run next to what arrives, so that no two of them cross.
  for (let gate = data.gates.length - 1; gate >= 0; gate -= 1) {
    const size = sizes[gate + 2];
    if (size) {
      svg.append(draw("path", { class: "fallen", d: fall(gate, top, size) }));
      top += size;
    }
  }
  return svg;
}

function showJourney(data, choose) {
  const lost = lossesByGate(data);
  const stations = data.gates.map(([gate, question], number) => {
    const said = lost[number] ? `${lost[number].toLocaleString("en")} lost` : "none lost";
    const button = make(
      "button",
      { type: "button", class: lost[number] ? "gate loses" : "gate", "aria-pressed": "false" },
      make("strong", {}, gate), make("small", {}, question), make("span", { class: "tally" }, said),
    );
    button.disabled = !lost[number];
    button.addEventListener("click", () => choose(number));
    return make("li", {}, button);
  });
  const total = data.arrived + data.unknown + lost.reduce((sum, count) => sum + count, 0);
  const end = make(
    "li", { class: "end" },
    make("strong", {}, "container"),
    make("span", { class: "tally good" }, `${data.arrived.toLocaleString("en")} arrived`),
    data.unknown ? make("span", { class: "tally doubt" }, `${data.unknown.toLocaleString("en")} unknown`) : null,
  );
  byId("journey").append(
    make("p", { class: "source" }, counted(total, "item")),
    river(data, lost),
    make("ol", { class: "stations" }, ...stations, end),
  );
  return stations.map((station) => station.firstChild);
}
