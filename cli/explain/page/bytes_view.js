// Rows that are drawn when they are seen: text, hex and waves share the scrolling, the cursor and
// the keys.

const kRowHeight = 20;
const kMaxHeight = 8e6;  // of an element, in pixels: browsers have limits

class RowView {
  // `layout` is a Layout with height, step, resize(width), draw(context, row, top, marks) and
  // hit(row, x).
  constructor(host, layout, onItem) {
    this.host = host;
    this.layout = layout;
    this.onItem = onItem;
    this.cursor = 0;
    this.hovered = -1;
    this.canvas = el("canvas");
    this.window = el("div", {className: "window"}, this.canvas);
    this.spacer = el("div", {className: "spacer"}, this.window);
    host.replaceChildren(this.spacer);
    host.onscroll = () => this.redraw();
    this.canvas.onmousemove = (event) => this.hover(this.itemAt(event));
    this.canvas.onmouseleave = () => this.hover(-1);
    this.canvas.onmousedown = (event) => {
      const item = this.itemAt(event);
      if (item >= 0) this.moveTo(item);
    };
    this.resize();
    this.moveTo(0);
  }

  resize() {
    const width = Math.max(this.host.clientWidth - 16, 120), height = this.host.clientHeight;
    this.layout.resize(width);
    this.rows = this.layout.rows();
    this.visible = Math.max(1, Math.floor(height / this.layout.height));
    const whole = this.rows * this.layout.height;
    this.spacer.style.height = Math.max(Math.min(whole, kMaxHeight), height) + "px";
    fitCanvas(this.canvas, width, height);
    this.width = width;
    this.redraw();
  }

  // Of all rows, the one on top; fractions where not all pixels can be scrolled to.
  get top() {
    const range = this.spacer.offsetHeight - this.host.clientHeight;
    const hidden = this.rows * this.layout.height - this.host.clientHeight;
    return range <= 0 ? 0 : this.host.scrollTop / range * Math.max(hidden, 0) / this.layout.height;
  }
  set top(row) {
    const range = this.spacer.offsetHeight - this.host.clientHeight;
    const hidden = this.rows * this.layout.height - this.host.clientHeight;
    if (hidden > 0) this.host.scrollTop = row * this.layout.height / hidden * range;
  }

  redraw() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      this.draw();
    });
  }

  draw() {
    const context = this.canvas.getContext("2d");
    const height = this.host.clientHeight;
    context.clearRect(0, 0, this.width, height);
    const top = this.top, first = Math.floor(top);
    const marks = {cursor: this.cursor, hovered: this.hovered};
    for (let row = first; row < this.rows && (row - top) * this.layout.height < height; ++row) {
      this.layout.draw(context, row, Math.round((row - top) * this.layout.height), marks);
    }
  }

  itemAt(event) {
    const row = Math.floor(this.top + event.offsetY / this.layout.height);
    return row < this.rows ? this.layout.hit(row, event.offsetX) : -1;
  }

  hover(item) {
    if (item === this.hovered) return;
    this.hovered = item;
    this.onItem(item >= 0 ? item : this.cursor);
    this.redraw();
  }

  moveTo(item) {
    this.cursor = Math.max(0, Math.min(item, this.layout.items - 1));
    this.hovered = -1;
    const row = this.layout.rowOf(this.cursor), top = this.top;
    if (row < top) this.top = row;
    if (row > top + this.visible - 1) this.top = row - this.visible + 1;
    this.onItem(this.cursor);
    this.redraw();
  }

  // True when the key meant something here.
  key(event) {
    const {layout, cursor} = this;
    const row = layout.rowOf(cursor);
    const byRows = (count) => {
      const to = Math.max(0, Math.min(row + count, this.rows - 1));
      return Math.min(layout.begin(to) + cursor - layout.begin(row), layout.end(to) - 1);
    };
    const far = event.ctrlKey || event.metaKey;
    const targets = {
      ArrowLeft: () => cursor - layout.step, ArrowRight: () => cursor + layout.step,
      ArrowUp: () => byRows(-1), ArrowDown: () => byRows(1),
      PageUp: () => byRows(-this.visible), PageDown: () => byRows(this.visible),
      Home: () => far ? 0 : layout.begin(row), End: () => far ? layout.items - 1 : layout.end(row) - 1,
      n: () => layout.surprise(cursor, 1), p: () => layout.surprise(cursor, -1),
    };
    if (!(event.key in targets)) return false;
    this.moveTo(targets[event.key]());
    return true;
  }
}

function fitCanvas(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  canvas.style.width = width + "px";
  canvas.style.height = height + "px";
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d").setTransform(scale, 0, 0, scale, 0, 0);
}

const kFont = '14px ui-monospace, "DejaVu Sans Mono", monospace';

// Items in rows: `across` in each but the last, unless a class says otherwise.
class Layout {
  constructor(doc, items) {
    this.doc = doc;
    this.items = items;
  }
  rows() { return Math.ceil(this.items / this.across); }
  rowOf(item) { return Math.floor(item / this.across); }
  begin(row) { return row * this.across; }
  end(row) { return Math.min((row + 1) * this.across, this.items); }

  // The next item on that way whose bits are much; `from` where there is none.
  next(from, way, areMuch) {
    for (let i = from + way; i >= 0 && i < this.items; i += way) {
      if (areMuch(bitsOf(this.doc, i))) return i;
    }
    return from;
  }
}

// What text and hex have in common.
class BytesLayout extends Layout {
  constructor(doc) {
    super(doc, doc.values.length);
    this.height = kRowHeight;
    this.step = 1;
    const context = document.createElement("canvas").getContext("2d");
    context.font = kFont;
    this.cell = context.measureText("0").width;
  }

  surprise(from, way) { return this.next(from, way, (bits) => bits >= 8); }

  drawCell(context, x, top, width, text, bits, state) {
    const colors = colorsOf(bits);
    context.fillStyle = state.copied ? palette.copied : colors.back;
    context.fillRect(x, top, width, this.height - 1);
    context.fillStyle = state.copied ? palette.soft : colors.ink;
    if (text) context.fillText(text, x, top + 14.5);
    if (state.marked) {
      context.strokeStyle = palette.mark;
      context.lineWidth = 2;
      context.strokeRect(x + 1, top + 1, Math.max(width - 2, 3), this.height - 3);
    }
  }
}

class HexLayout extends BytesLayout {
  resize(width) {
    const room = Math.floor(width / this.cell) - 10;
    this.across = room >= 128 ? 32 : room >= 64 ? 16 : 8;
  }
  hexX(k) { return (9 + 3 * k) * this.cell; }
  textX(k) { return (10 + 3 * this.across + k) * this.cell; }

  draw(context, row, top, marks) {
    context.font = kFont;
    context.fillStyle = palette.soft;
    context.fillText(this.begin(row).toString(16).padStart(8, "0"), 0, top + 14.5);
    for (let i = this.begin(row), k = 0; i < this.end(row); ++i, ++k) {
      const byte = this.doc.values[i];
      const state = {marked: i === marks.cursor || i === marks.hovered, copied: copyAt(this.doc, i)};
      const bits = bitsOf(this.doc, i);
      this.drawCell(context, this.hexX(k), top, 2 * this.cell, byte.toString(16).padStart(2, "0"), bits, state);
      const sign = byte > 32 && byte < 127 ? String.fromCharCode(byte) : byte === 32 ? "" : "·";
      this.drawCell(context, this.textX(k), top, this.cell, sign, bits, state);
    }
  }

  hit(row, x) {
    const inHex = Math.floor((x / this.cell - 9) / 3), inText = Math.floor(x / this.cell - 10 - 3 * this.across);
    const k = inText >= 0 ? inText : inHex;
    return k >= 0 && k < this.across && this.begin(row) + k < this.end(row) ? this.begin(row) + k : -1;
  }
}

// How many bytes the character at `i` has, by UTF-8; 1 for what is none.
function characterSize(bytes, i) {
  const lead = bytes[i];
  if (lead < 0xc2 || lead > 0xf4) return 1;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let k = 1; k < size; ++k) if ((bytes[i + k] & 0xc0) !== 0x80) return 1;
  return size;
}

function codePoint(bytes, i, size) {
  if (size === 1) return bytes[i];
  let code = bytes[i] & (0x7f >> size);
  for (let k = 1; k < size; ++k) code = code << 6 | bytes[i + k] & 0x3f;
  return code;
}

const isWide = (code) => code >= 0x1100 && (code <= 0x115f || code >= 0x2e80 && code <= 0xd7a3 ||
  code >= 0xf900 && code <= 0xfaff || code >= 0xfe30 && code <= 0xfe6f || code >= 0xff00 && code <= 0xff60 ||
  code >= 0x1f300 && code <= 0x1faff || code >= 0x20000);
const kUnseen = /[\p{C}\p{Z}\p{M}]/u;

class TextLayout extends BytesLayout {
  resize(width) {
    const across = Math.max(20, Math.floor(width / this.cell) - 1);
    if (across === this.across) return;
    this.across = across;
    const {values} = this.doc, starts = [];
    let column = 0, begin = 0, blank = -1;
    for (let i = 0; i < values.length;) {
      const size = characterSize(values, i), width_ = this.widthAt(i, size, column);
      if (column + width_ > across && i > begin) {
        const cut = blank > begin && i - blank < 30 ? blank : i;  // behind a blank, if one is near
        starts.push(begin);
        begin = i = cut;
        column = 0;
        blank = -1;
        continue;
      }
      column += width_;
      i += size;
      if (values[i - 1] === 32) blank = i;
      if (values[i - 1] === 10) {
        starts.push(begin);
        begin = i;
        column = 0;
        blank = -1;
      }
    }
    if (begin < values.length) starts.push(begin);
    this.starts = Uint32Array.from(starts);
  }
  rows() { return this.starts.length; }
  rowOf(item) { return lastAtMost(this.starts, item); }
  begin(row) { return this.starts[row]; }
  end(row) { return row + 1 < this.starts.length ? this.starts[row + 1] : this.items; }

  widthAt(i, size, column) {
    if (this.doc.values[i] === 9) return 4 - column % 4;
    return size > 2 && isWide(codePoint(this.doc.values, i, size)) ? 2 : 1;
  }

  // Calls visit(i, size, column, width) for the characters of a row.
  walk(row, visit) {
    let column = 0;
    for (let i = this.begin(row); i < this.end(row);) {
      const size = characterSize(this.doc.values, i), width = this.widthAt(i, size, column);
      if (visit(i, size, column, width)) return;
      column += width;
      i += size;
    }
  }

  signAt(i, size) {
    const code = codePoint(this.doc.values, i, size);
    if (code === 10) return "↵";
    if (code === 32 || code === 9) return "";
    if (size === 1 && (code < 32 || code >= 127)) return "·";
    const sign = String.fromCodePoint(code);
    return size > 1 && (code >= 0xd800 && code < 0xe000 || kUnseen.test(sign)) ? "·" : sign;
  }

  draw(context, row, top, marks) {
    context.font = kFont;
    this.walk(row, (i, size, column, width) => {
      const isAt = (mark) => mark >= i && mark < i + size;
      const state = {marked: isAt(marks.cursor) || isAt(marks.hovered), copied: copyAt(this.doc, i)};
      this.drawCell(context, column * this.cell, top, width * this.cell, this.signAt(i, size),
                    sumBits(this.doc, i, i + size), state);
    });
  }

  hit(row, x) {
    let found = -1;
    this.walk(row, (i, size, column, width) => {
      if (x >= (column + width) * this.cell) return false;
      // The bytes of a character share its place.
      found = i + Math.min(size - 1, Math.floor((x / this.cell - column) / width * size));
      return true;
    });
    return found;
  }
}

// Sound, as rows of its wave; also bytes of which only sums are known, without a wave.
class WaveLayout extends Layout {
  constructor(doc) {
    super(doc, doc.costs.length);
    this.height = 84;
  }
  resize(width) {
    this.width = Math.max(width, 100);
    this.step = Math.max(1, Math.ceil(this.items / this.width / 24));  // costs in a column
    this.across = Math.floor(this.width) * this.step;
    let most = 1e-9;
    for (let i = 0; i < this.items; i += this.step) most = Math.max(most, this.mean(i));
    this.most = most;
  }
  mean(i) {
    const end = Math.min(i + this.step, this.items);
    return sumBits(this.doc, i, end) / (end - i) / this.doc.run;
  }
  surprise(from, way) {
    const much = 2 * sumBits(this.doc, 0, this.items) / this.items;
    return this.next(from, way, (bits) => bits > much);
  }
  draw(context, row, top, marks) {
    const {doc} = this, wave = doc.values_per_cost === 2 && doc.values.length > 0;
    const height = wave ? 56 : 0, base = top + this.height - 4;
    for (let i = this.begin(row), x = 0; i < this.end(row); i += this.step, ++x) {
      const end = Math.min(i + this.step, this.items), mean = this.mean(i);
      const share = mean / this.most;
      context.fillStyle = shade(share);
      if (wave) {
        let low = 255, high = 0;
        for (let k = Math.max(i - 1, 0); k < end; ++k) {
          low = Math.min(low, doc.values[2 * k]);
          high = Math.max(high, doc.values[2 * k + 1]);
        }
        context.fillRect(x, top + height - height * high / 255, 1, Math.max(1, height * (high - low) / 255));
      }
      const bar = (this.height - height - 10) * share;
      context.fillRect(x, base - bar, 1, Math.max(bar, 0.5));
      if (marks.cursor >= i && marks.cursor < end || marks.hovered >= i && marks.hovered < end) {
        context.fillStyle = palette.mark;
        context.fillRect(x, top + 1, 1, this.height - 3);
      }
    }
  }
  hit(row, x) {
    const item = this.begin(row) + Math.floor(x) * this.step;
    return x >= 0 && item < this.end(row) ? item : -1;
  }
}
