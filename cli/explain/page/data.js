// What the program put into the page, its arrays unpacked.

const kGuesses = 4;
const kNetworkSize = 2 * kGuesses + 1;
const kMixerSize = 2 * kGuesses;

function unpack(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

// Numbers of 16 bits, the low byte first whatever the machine has.
function unpack16(text) {
  const bytes = unpack(text);
  const numbers = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < numbers.length; ++i) numbers[i] = bytes[2 * i] | bytes[2 * i + 1] << 8;
  return numbers;
}

function loadData() {
  const element = document.getElementById("data");
  const data = JSON.parse(element.textContent);
  element.remove();
  for (const doc of data.documents) {
    doc.costs = unpack16(doc.costs);
    doc.values = unpack(doc.values);
    doc.network = unpack(doc.network);
    doc.mixer = unpack(doc.mixer);
    doc.unit = 2 ** -doc.unit_bits;
    doc.lanes = doc.lanes || [0];
    doc.copies = doc.copies || [];
    doc.filters = doc.filters || [];
  }
  return data;
}

const bitsOf = (doc, i) => doc.costs[i] * doc.unit;

function sumBits(doc, begin, end) {
  let sum = 0;
  for (let i = begin; i < end; ++i) sum += doc.costs[i];
  return sum * doc.unit;
}

// The guesses about item `i`: [{byte, p}], the likeliest first.
function guessesAt(array, size, i) {
  const guesses = [];
  for (let k = 0; k < kGuesses && array.length; ++k) {
    const logit = array[i * size + kGuesses + k];
    if (logit) guesses.push({byte: array[i * size + k], p: probabilityOf(logit)});
  }
  return guesses;
}

function probabilityOf(logit) {
  return 1 / (1 + Math.exp((128 - logit) / 16));
}

// The number of the last entry of the ascending `list` that is at most `value`; -1: none is.
function lastAtMost(list, value, step = 1) {
  let low = -1, high = list.length / step;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle * step] <= value) low = middle; else high = middle;
  }
  return low;
}

// The copy that byte `i` is in: {size, bits}, with what it took to tell of it; null: none.
function copyAt(doc, i) {
  const at = 3 * lastAtMost(doc.copies, i, 3);
  if (at < 0 || i >= doc.copies[at] + doc.copies[at + 1]) return null;
  return {size: doc.copies[at + 1], bits: doc.copies[at + 2] / 65536};
}

// Numbers for people.
const whole = new Intl.NumberFormat("en-US");
const fmt = (x, digits) => x.toLocaleString("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits});
const bytesText = (bits) => fmt(bits / 8, bits < 80000 && bits % 8 ? 1 : 0);
function percent(p) {
  if (p >= 0.9995) return "> 99.9 %";
  if (p >= 0.1) return fmt(100 * p, 1) + " %";
  if (p >= 0.0001) return fmt(100 * p, 2) + " %";
  return p >= 1e-7 ? "1 in " + fmt(1 / p, 0) : "2^-" + fmt(-Math.log2(p), 1);
}

// A byte as a sign that can be seen.
function byteName(byte) {
  const names = {0: "NUL", 9: "tab", 10: "line break", 13: "CR", 27: "ESC", 32: "space", 127: "DEL"};
  if (byte in names) return names[byte];
  if (byte > 32 && byte < 127) return String.fromCharCode(byte);
  return "0x" + byte.toString(16).padStart(2, "0");
}

// Elements: text is always text, never markup.
function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "style") element.style.cssText = value; else element[key] = value;
  }
  element.append(...children);
  return element;
}

function table(heads, rows) {
  const body = el("tbody");
  for (const row of rows) {
    const line = el("tr", {className: row.className || ""});
    row.cells.forEach((cell, k) => {
      const td = el("td", {className: heads[k].kind || ""}, String(cell));
      if (heads[k].kind === "bar") td.style.setProperty("--share", fmt(100 * (row.share || 0), 1) + "%");
      line.append(td);
    });
    if (row.go) {
      line.className += " go";
      line.tabIndex = 0;
      line.onclick = row.go;
      line.onkeydown = (event) => { if (event.key === "Enter") row.go(); };
    }
    body.append(line);
  }
  const head = el("tr", {}, ...heads.map((h) => el("th", {className: h.kind === "bar" || h.kind === "number" ? "number" : ""}, h.name)));
  return el("table", {}, el("thead", {}, head), body);
}
