// The page: colours, panels, and what happens when somebody points at something.

const data = loadData();
const $ = (id) => document.getElementById(id);
let view = null, doc = null, asHex = false;

// Colours: from nothing to dear, the same order of brightness for every kind of eye.
const kRamps = {
  light: [[255, 255, 255], [255, 242, 190], [253, 201, 116], [244, 139, 82], [206, 69, 73], [122, 17, 72]],
  dark: [[20, 22, 26], [38, 48, 92], [96, 52, 132], [176, 60, 120], [238, 112, 84], [255, 222, 128]],
};
const kMostBits = 12;
let palette = {};

function rampAt(share) {
  const ramp = kRamps[document.documentElement.dataset.theme];
  const at = Math.max(0, Math.min(1, share)) * (ramp.length - 1);
  const low = Math.min(Math.floor(at), ramp.length - 2);
  return ramp[low].map((c, k) => Math.round(c + (ramp[low + 1][k] - c) * (at - low)));
}
const isBright = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b > 140;
const rgbText = (rgb) => `rgb(${rgb.join(",")})`;
const shadeOfBits = (bits) => Math.sqrt(Math.min(bits, kMostBits) / kMostBits);

function makePalette() {
  const style = getComputedStyle(document.documentElement);
  const dark = document.documentElement.dataset.theme === "dark";
  palette = {
    mark: style.getPropertyValue("--mark").trim(), soft: style.getPropertyValue("--soft").trim(),
    line: style.getPropertyValue("--line").trim(),
    copied: dark ? "#20352a" : "#e3f3e6", cells: [], shades: [],
  };
  for (let k = 0; k <= 256; ++k) {
    const rgb = rampAt(k / 256);
    palette.cells.push({back: rgbText(rgb), ink: isBright(rgb) ? "#16181c" : "#f0f1f4"});
    palette.shades.push(rgb);
  }
}
const colorsOf = (bits) => palette.cells[Math.round(256 * shadeOfBits(bits))];
const shadeRgb = (share) => palette.shades[Math.round(256 * Math.min(1, share))];
// For things that must stand out from the page: nothing is never quite invisible.
const shade = (share) => palette.cells[Math.round(256 * (0.25 + 0.75 * Math.min(1, share)))].back;

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  $("theme").textContent = theme === "dark" ? "Light" : "Dark";
  makePalette();
  if (view) {
    view.redraw();
    drawCurve();
  }
  drawLegend();
}

function drawLegend() {
  const steps = [0.1, 0.5, 1, 2, 4, 8, 12];
  const parts = [el("span", {}, "Bits:")];
  for (const bits of steps) {
    const colors = colorsOf(bits);
    parts.push(el("i", {style: `background:${colors.back};color:${colors.ink}`}, bits + (bits === kMostBits ? "+" : "")));
  }
  if (doc && doc.copies.length) {
    parts.push(el("span", {}, ""), el("i", {style: `background:${palette.copied}`}, "copied by the filter repeat"));
  }
  const isRelative = doc && (doc.kind !== "bytes" || doc.run > 1);
  $("legend").replaceChildren(...(isRelative ? [] : parts));
}

// The learning curve.
function drawCurve() {
  const canvas = $("curve"), width = canvas.clientWidth, height = 110;
  if (!width) return;
  fitCanvas(canvas, width, height);
  canvas.style.width = "";
  const {means, soFar} = learningCurve(doc, Math.max(1, Math.min(240, doc.columns ? doc.costs.length / doc.columns : doc.costs.length)));
  const context = canvas.getContext("2d");
  const most = Math.max(...means.filter(isFinite), 0.01) * 1.08;
  const left = 34, right = width - 84, bottom = height - 16;
  const x = (k) => left + (right - left) * (k + 0.5) / means.length, y = (bits) => bottom - (bottom - 6) * bits / most;
  context.font = "11px system-ui, sans-serif";
  let step = 0.01;
  for (let k = 0; most / step > 4; ++k) step *= [2, 2.5, 2][k % 3];
  for (let bits = 0; bits <= most; bits += step) {
    context.fillStyle = palette.line;
    context.fillRect(left, Math.round(y(bits)), right - left, 1);
    context.fillStyle = palette.soft;
    context.textAlign = "right";
    context.fillText(String(Math.round(bits * 100) / 100), left - 5, y(bits) + 4);
  }
  const line = (values, color, lineWidth) => {
    context.strokeStyle = color;
    context.lineWidth = lineWidth;
    context.beginPath();
    values.forEach((bits, k) => { if (isFinite(bits)) context.lineTo(x(k), y(bits)); });
    context.stroke();
  };
  const hereColor = palette.cells[150].back;
  line(means, hereColor, 1.2);
  line(soFar, palette.mark, 2);
  context.textAlign = "left";
  const ends = [means, soFar].map((values) => values.filter(isFinite).at(-1) || 0);
  const near = Math.abs(y(ends[0]) - y(ends[1])) < 13;
  const shift = near ? (ends[0] > ends[1] ? -6 : 7) : 0;
  context.fillStyle = hereColor;
  context.fillText("here", right + 5, y(ends[0]) + 4 + shift);
  context.fillStyle = palette.mark;
  context.fillText("so far " + fmt(ends[1], ends[1] < 10 ? 3 : 1), right + 5, y(ends[1]) + 4 - shift);
  const unit = {bytes: "byte", pixels: "pixel", samples: doc.channels > 1 ? "moment" : "sample", blocks: "block of pixels"}[doc.kind];
  const order = doc.lanes.length > 1 ? `along the coding of ${doc.lanes.length} lanes` : doc.kind === "pixels" || doc.kind === "blocks" ? "from top to bottom" : "from the first to the last";
  canvas.onclick = (event) => {
    const share = (event.offsetX - left) / (right - left);
    if (share >= 0 && share < 1) view.moveTo(Math.floor(share * (doc.lanes[1] || doc.costs.length)));
  };
  $("curve-note").textContent = `Learning: bits per ${unit}, ${order}`;
}

// What is pointed at.
function showItem(i) {
  const show = {bytes: doc.run === 1 ? showByte : showRun, pixels: showPixel, samples: showRun, blocks: showPixel};
  $("item").replaceChildren(...show[doc.kind](i));
}

function costLine(bits) {
  return el("p", {id: "item-cost"}, `${fmt(bits, 3)} bits`, el("span", {className: "soft"}, `, final probability ${percent(2 ** -bits)}`));
}

function guessTable(title, guesses, byte, own) {
  const rows = guesses.map(({byte: guess, p}) => ({
    cells: [byteName(guess), percent(guess === byte && own !== undefined ? own : p)], share: guess === byte && own !== undefined ? own : p,
    className: guess === byte ? "hit" : "",
  }));
  if (!guesses.some((guess) => guess.byte === byte) && own !== undefined) {
    rows.push({cells: [byteName(byte), percent(own)], share: own, className: "hit"});
  }
  return el("div", {}, table([{name: title, kind: "glyph"}, {name: "", kind: "bar"}], rows));
}

function showByte(i) {
  const byte = doc.values[i], bits = bitsOf(doc, i);
  const copy = copyAt(doc, i);
  const parts = [
    el("h2", {}, "Byte " + whole.format(i) + (doc.raw_begin ? `, ${whole.format(doc.raw_begin + i)} of the file` : "")),
    el("div", {className: "big", id: "item-byte"}, byteName(byte)),
    copy ? el("p", {id: "item-cost"}, "nothing of its own") : costLine(bits),
  ];
  const lane = lastAtMost(doc.lanes, i);
  const notes = [`0x${byte.toString(16).padStart(2, "0")}`];
  if (doc.lanes.length > 1) notes.push(`lane ${lane + 1} of ${doc.lanes.length}`);
  if (doc.filters.length) notes.push("counted behind the filter " + doc.filters.join(" and "));
  parts.push(el("p", {className: "note"}, notes.join(" · ")));
  if (copy) {
    parts.push(el("p", {className: "note"},
      `Copied by the filter repeat, with ${whole.format(copy.size)} bytes; to tell of them took ${fmt(copy.bits, 1)} bits.`));
  }
  if (!doc.mixer.length || copy) return parts;
  const tables = el("div", {className: "tables"});
  if (doc.network.length) {
    const own = doc.network[i * kNetworkSize + 2 * kGuesses];
    tables.append(guessTable("Network", guessesAt(doc.network, kNetworkSize, i), byte, probabilityOf(own)));
  }
  tables.append(guessTable("Mixer", guessesAt(doc.mixer, kMixerSize, i), byte, 2 ** -bits));
  parts.push(tables);
  return parts;
}

function showRun(i) {
  const bits = bitsOf(doc, i), begin = i * doc.run, end = Math.min(begin + doc.run, doc.items / (doc.channels || 1));
  const name = doc.kind === "samples" ? "Moment " : "Bytes ";
  const parts = [
    el("h2", {}, name + whole.format(begin) + (doc.run > 1 ? " to " + whole.format(end - 1) : "")),
    el("p", {id: "item-cost"}, fmt(bits, 3) + " bits" + (doc.run > 1 ? `, ${fmt(bits / doc.run, 3)} each` : "")),
  ];
  if (doc.kind === "samples") {
    const value = (k) => doc.values[2 * i + k] - 128;
    const range = value(0) === value(1) ? `${value(0)}` : `${value(0)} to ${value(1)}`;
    parts.push(el("p", {className: "note"}, `${doc.channels} channel${doc.channels > 1 ? "s" : ""} · value ${range} of ±128`));
  }
  return parts;
}

function showPixel(i) {
  const column = i % doc.columns, row = Math.floor(i / doc.columns), bits = bitsOf(doc, i);
  const each = doc.values_per_cost;
  const value = Array.from(doc.values.slice(i * each, (i + 1) * each));
  const rowBits = sumBits(doc, row * doc.columns, (row + 1) * doc.columns);
  const scale = doc.run > 1 ? `, squares of ${doc.run} × ${doc.run}` : "";
  return [
    el("h2", {}, `${doc.kind === "blocks" ? "Block" : "Pixel"} ${column * doc.run}, ${row * doc.run}${scale}`),
    el("p", {id: "item-cost"}, fmt(bits, 3) + " bits"),
    el("p", {className: "note"}, (each === 3 ? "red, green, blue " : "value ") + value.join(", ")),
    el("p", {className: "note"}, `Its row takes ${fmt(rowBits / 8, 1)} bytes.`),
  ];
}

// The panels.
function showLedger() {
  const names = {header: "Headers and index", "model name": "Model names", "side data": "Side data", "end of code": "Ends of codes", code: "Codes"};
  const bytes = (bits) => fmt(bits / 65536 / 8, 3);
  const place = (part) => data.blocks.length > 1 ? part : part.replace(/^block 0 /, "");
  const rows = [];
  for (const [what, name] of Object.entries(names)) {
    const entries = data.ledger.filter((row) => row.what === what);
    if (!entries.length) continue;
    if (entries.length === 1) {
      rows.push({cells: [`${name}: ${place(entries[0].part)}`, bytes(entries[0].bits_q16)]});
      continue;
    }
    const sum = entries.reduce((bits, row) => bits + row.bits_q16, 0);
    const toggle = () => $("ledger").querySelectorAll(`tr.part-${what.replace(/ /g, "-")}`).forEach((row) => row.classList.toggle("folded"));
    rows.push({cells: [`${name}, ${entries.length}`, bytes(sum)], go: toggle});
    for (const row of entries.slice(0, 1000)) {
      rows.push({cells: [place(row.part), bytes(row.bits_q16)], className: `inner folded part-${what.replace(/ /g, "-")}`});
    }
  }
  const total = data.ledger.reduce((bits, row) => bits + row.bits_q16, 0);
  rows.push({cells: ["The compressed file", fmt(total / 65536 / 8, 0)], className: "total"});
  $("ledger").replaceChildren(table([{name: "", kind: "text"}, {name: "Bytes", kind: "number"}], rows));
  $("ledger").dataset.bytes = total / 65536 / 8;
}

function partNode(part, name) {
  const item = el("li", {}, name, " ", el("strong", {}, part.codec),
    ...part.filters.map((filter) => " + " + filter),
    el("span", {className: "soft"}, ` ${whole.format(part.raw_size)} → ${whole.format(part.coded_size)} bytes`));
  const inner = el("ul");
  for (const model of part.models || []) inner.append(el("li", {}, "model ", model.name));
  for (const code of part.codes || []) {
    const line = el("li", {}, code.name, el("span", {className: "soft"}, ` ${whole.format(code.size)} bytes `));
    if (code.document !== undefined) {
      line.append(el("button", {type: "button", onclick: () => openDocument(code.document)}, "show"));
    }
    inner.append(line);
  }
  (part.parts || []).forEach((child, k) => inner.append(partNode(child, `${k}`)));
  const streams = part.streams || [];
  for (const stream of streams.slice(0, 500)) {
    inner.append(el("li", {}, stream.name || "a stream", el("span", {className: "soft"}, ` ${stream.kind}, ${whole.format(stream.size)} bytes`)));
  }
  if (streams.length > 500) inner.append(el("li", {}, `and ${streams.length - 500} more`));
  if (inner.childElementCount) item.append(inner);
  return item;
}

function showTree() {
  const tree = el("ul", {className: "tree"}, ...data.blocks.map((block, k) => partNode(block, `Block ${k}`)));
  $("tree").replaceChildren(tree);
  if (!data.members.length) return;
  const most = Math.max(...data.members.map((member) => member.bits_q16));
  const rows = data.members.slice(0, 2000).map((member) => ({
    cells: [member.name, whole.format(member.size), bytesText(member.bits_q16 / 65536)], share: member.bits_q16 / most,
    go: documentAt(member.begin) >= 0 ? () => goToRaw(member.begin) : null,
  }));
  $("tree").append(table([{name: "In the archive", kind: "text"}, {name: "Bytes", kind: "number"}, {name: "Took", kind: "bar"}], rows));
}

function showContest() {
  $("contest-part").hidden = !data.trials.length;
  const rows = data.trials.slice(0, 2000).map((trial) => ({
    cells: [trial.block, trial.contestant, trial.stage, whole.format(trial.raw_size),
            trial.outcome === "coded" ? whole.format(trial.coded_size) : trial.outcome],
    className: trial.stage === "block" && trial.outcome === "coded" ? "hit" : "",
  }));
  $("contest").replaceChildren(
    el("p", {className: "note"}, "Each contestant codes a sample, those that are not clearly worse half of the block. Who then promises the shortest code goes on."),
    table([{name: "Block"}, {name: "Who", kind: "text"}, {name: "What"}, {name: "Of", kind: "number"}, {name: "Bytes", kind: "number"}], rows));
}

function showBlocks() {
  const most = Math.max(...data.blocks.map((block) => block.coded_size));
  const rows = data.blocks.map((block, k) => ({
    cells: [k, [block.codec, ...block.filters].join(" + "), whole.format(block.raw_size), fmt(8 * block.coded_size / block.raw_size, 3), whole.format(block.coded_size)],
    share: block.coded_size / most,
  }));
  $("blocks").replaceChildren(table([{name: ""}, {name: "Codec", kind: "text"}, {name: "Raw", kind: "number"}, {name: "Bits/byte", kind: "number"}, {name: "Bytes", kind: "bar"}], rows));
}

function showTokenSums() {
  const isBytes = doc.kind === "bytes" && doc.values.length > 0;
  for (const part of document.querySelectorAll(".of-text")) part.hidden = !isBytes;
  if (!isBytes) return;
  const {kinds, words} = sumTokens(doc);
  const byBits = (map) => [...map].sort((a, b) => b[1].bits - a[1].bits);
  const make = (entries, name, show) => {
    const most = entries.length ? entries[0][1].bits : 1;
    return table([{name, kind: "text"}, {name: "Count", kind: "number"}, {name: "Bits/byte", kind: "number"}, {name: "Bytes", kind: "bar"}],
      entries.map(([key, {count, bytes, bits}]) => ({cells: [show(key), whole.format(count), fmt(bits / bytes, 2), bytesText(bits)], share: bits / most})));
  };
  $("kinds").replaceChildren(make(byBits(kinds), "Kind", (key) => key));
  $("words").replaceChildren(make(byBits(words).slice(0, 60), "Word", fromLatin1));
  const lines = sumLines(doc).sort((a, b) => b.bits - a.bits).slice(0, 60);
  const most = lines.length ? lines[0].bits : 1;
  $("lines").replaceChildren(table([{name: "Line", kind: "number"}, {name: "", kind: "text"}, {name: "Bytes", kind: "bar"}],
    lines.map(({number, begin, end, bits}) => ({
      cells: [whole.format(number), utf8.decode(doc.values.subarray(begin, Math.min(end, begin + 60))).trim(), bytesText(bits)],
      share: bits / most, go: () => view.moveTo(begin),
    }))));
}

// Documents.
function looksLikeText(bytes) {
  const sample = bytes.subarray(0, 65536);
  let odd = 0;
  for (let i = 0; i < sample.length;) {
    const size = characterSize(sample, i);
    const c = sample[i];
    if (size === 1 && (c >= 127 || c < 32 && c !== 9 && c !== 10 && c !== 13)) ++odd;
    i += size;
  }
  return odd <= sample.length / 32;
}

function makeView() {
  const host = $("view");
  if (doc.kind === "pixels" || doc.kind === "blocks") {
    view = new FlatView(host, doc, showItem);
  } else if (doc.kind === "samples" || doc.run > 1) {
    view = new RowView(host, new WaveLayout(doc), showItem);
  } else {
    view = new RowView(host, asHex ? new HexLayout(doc) : new TextLayout(doc), showItem);
  }
  const canChange = doc.kind === "bytes" && doc.run === 1;
  $("form").hidden = !canChange;
  $("form").textContent = asHex ? "As text" : "As hex";
}

function openDocument(number) {
  doc = data.documents[number];
  asHex = doc.kind === "bytes" && !looksLikeText(doc.values);
  $("document").value = number;
  makeView();
  drawCurve();
  drawLegend();
  setTimeout(showTokenSums);
}

// The document that has the byte `position` of the file; -1: none has.
function documentAt(position) {
  return data.documents.findIndex((d) => d.raw_begin !== undefined && d.run === 1 &&
    position >= d.raw_begin && position < d.raw_begin + d.values.length);
}

function goToRaw(position) {
  const number = documentAt(position);
  if (data.documents[number] !== doc) openDocument(number);
  view.moveTo(position - doc.raw_begin);
}

function start() {
  const {raw_size: raw, coded_size: coded} = data;
  document.title = data.file + ": where the bits go";
  $("name").textContent = data.file;
  const form = data.was_compressed ? "in this file" : "compressed";
  $("summary").textContent = `${whole.format(raw)} bytes, ${form} ${whole.format(coded)} bytes · ${fmt(8 * coded / raw, 3)} bits per byte · ${fmt(100 * coded / raw, 1)} %`;
  showLedger();
  showTree();
  showContest();
  showBlocks();
  const select = $("document");
  data.documents.forEach((d, k) => select.append(el("option", {value: k}, `${k + 1}: ${whole.format(d.items)} ${d.kind}`)));
  select.hidden = data.documents.length < 2;
  select.onchange = () => openDocument(Number(select.value));
  $("form").onclick = () => {
    const at = view.cursor;
    asHex = !asHex;
    makeView();
    view.moveTo(at);
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = false;
  $("theme").onclick = () => {
    chosen = true;
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  };
  system.onchange = () => { if (!chosen) setTheme(system.matches ? "dark" : "light"); };
  setTheme(system.matches ? "dark" : "light");
  let largest = 0;
  data.documents.forEach((d, k) => { if (d.items > data.documents[largest].items) largest = k; });
  if (data.documents.length) openDocument(largest);
  addEventListener("resize", () => {
    if (!view) return;
    view.resize();
    drawCurve();
  });
  addEventListener("keydown", (event) => {
    const inAside = event.target.closest && event.target.closest("aside, header");
    if (!view || inAside || event.altKey) return;
    if (view.key(event)) event.preventDefault();
  });
  document.documentElement.dataset.ready = "yes";
}

start();
