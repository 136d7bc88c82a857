// Pictures: what each pixel took, and the picture itself beside it.

class FlatView {
  constructor(host, doc, onItem) {
    this.host = host;
    this.doc = doc;
    this.onItem = onItem;
    this.across = doc.columns;
    this.down = doc.costs.length / doc.columns;
    this.cursor = 0;
    this.cost = el("canvas", {width: this.across, height: this.down});
    this.picture = el("canvas", {width: this.across, height: this.down});
    host.onscroll = null;
    host.replaceChildren(el("div", {className: "pictures"},
      el("figure", {}, this.cost, el("figcaption", {}, "What it took")),
      el("figure", {}, this.picture, el("figcaption", {}, "The picture"))));
    for (const canvas of [this.cost, this.picture]) {
      canvas.onmousemove = (event) => onItem(this.itemAt(event));
      canvas.onmouseleave = () => onItem(this.cursor);
      canvas.onmousedown = (event) => this.moveTo(this.itemAt(event));
    }
    const sorted = Uint16Array.from(doc.costs).sort();
    this.most = Math.max(1, sorted[Math.floor(sorted.length * 0.995)]);
    this.resize();
    this.moveTo(0);
  }

  resize() {
    const room = Math.max(200, this.host.clientWidth - 40), tall = Math.max(200, this.host.clientHeight - 60);
    const beside = room >= 2 * tall * this.across / this.down || room > 900;
    const width = Math.min(beside ? (room - 14) / 2 : room, Math.max(this.across, tall * this.across / this.down));
    for (const canvas of [this.cost, this.picture]) canvas.style.width = Math.round(width) + "px";
    this.redraw();
  }

  // Both images without the cursor, which moves more often than the colours change.
  paint() {
    const {doc} = this;
    const cost = new ImageData(this.across, this.down), picture = new ImageData(this.across, this.down);
    for (let i = 0; i < doc.costs.length; ++i) {
      const rgb = shadeRgb(Math.min(1, doc.costs[i] / this.most));
      for (let k = 0; k < 3; ++k) {
        cost.data[4 * i + k] = rgb[k];
        picture.data[4 * i + k] = doc.values[doc.values_per_cost === 3 ? 3 * i + k : i];
      }
      cost.data[4 * i + 3] = picture.data[4 * i + 3] = 255;
    }
    this.painted = {palette, images: [[this.cost, cost], [this.picture, picture]]};
  }

  redraw() {
    if (this.painted?.palette !== palette) this.paint();
    for (const [canvas, image] of this.painted.images) {
      const context = canvas.getContext("2d");
      context.putImageData(image, 0, 0);
      const unit = canvas.width / (canvas.clientWidth || canvas.width), size = 7 * unit;
      const x = this.cursor % this.across + 0.5, y = Math.floor(this.cursor / this.across) + 0.5;
      context.strokeStyle = palette.mark;
      context.lineWidth = 1.5 * unit;
      context.strokeRect(x - size / 2, y - size / 2, size, size);
    }
  }

  itemAt(event) {
    const canvas = event.currentTarget;
    const x = Math.floor(event.offsetX / canvas.clientWidth * this.across);
    const y = Math.floor(event.offsetY / canvas.clientHeight * this.down);
    return Math.max(0, Math.min(this.down - 1, y)) * this.across + Math.max(0, Math.min(this.across - 1, x));
  }

  moveTo(item) {
    this.cursor = Math.max(0, Math.min(item, this.doc.costs.length - 1));
    this.onItem(this.cursor);
    this.redraw();
  }

  key(event) {
    const {cursor, across} = this;
    const row = cursor - cursor % across;
    const targets = {
      ArrowLeft: cursor - 1, ArrowRight: cursor + 1, ArrowUp: cursor - across, ArrowDown: cursor + across,
      PageUp: cursor - 16 * across, PageDown: cursor + 16 * across, Home: row, End: row + across - 1,
    };
    if (!(event.key in targets)) return false;
    const target = targets[event.key];
    if (target >= 0 && target < this.doc.costs.length) this.moveTo(target);
    return true;
  }
}
