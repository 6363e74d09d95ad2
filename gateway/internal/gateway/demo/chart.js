// A candle chart on a canvas. Prices stay the decimals that the API sends wherever they are shown; numbers are for pixels.

const MINUTE = 60_000;

export class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.candles = [];
    this.digits = 5;
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  // `candles` as ListCandles answers them.
  show(candles) {
    this.candles = candles.map((c) => ({
      time: Date.parse(c.openTime), open: +c.open, high: +c.high, low: +c.low, close: +c.close,
    }));
    if (candles.length) this.digits = (candles.at(-1).close.split(".")[1] ?? "").length;
    this.draw();
  }

  // A new bid at a time; begins a candle when its minute has none.
  tick(time, bid) {
    const begin = Math.floor(time / MINUTE) * MINUTE;
    const last = this.candles.at(-1);
    if (last && begin < last.time) return;
    if (!last || begin > last.time) {
      this.candles.push({ time: begin, open: bid, high: bid, low: bid, close: bid });
      if (this.candles.length > 1000) this.candles.shift();
    } else {
      last.high = Math.max(last.high, bid);
      last.low = Math.min(last.low, bid);
      last.close = bid;
    }
    this.#soon();
  }

  #soon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const color = (name) => style.getPropertyValue(name).trim();
    g.font = `12px ${style.fontFamily}`;
    if (!this.candles.length) return;

    const right = g.measureText((1000).toFixed(this.digits)).width + 8, bottom = 22;
    const step = 9, room = Math.max(1, Math.floor((width - right) / step));
    const shown = this.candles.slice(-room);
    const high = Math.max(...shown.map((c) => c.high)), low = Math.min(...shown.map((c) => c.low));
    const margin = (high - low || high * 1e-4) * 0.06;
    const top = high + margin, span = high - low + 2 * margin;
    const y = (price) => ((top - price) / span) * (height - bottom);
    const x = (i) => width - right - (shown.length - i) * step + step / 2;

    this.#grid(g, { shown, x, y, width, height, right, bottom, top, span, color });
    shown.forEach((c, i) => {
      g.fillStyle = g.strokeStyle = color(c.close >= c.open ? "--up" : "--down");
      g.fillRect(x(i) - 0.5, y(c.high), 1, Math.max(1, y(c.low) - y(c.high)));
      g.fillRect(x(i) - 3, y(Math.max(c.open, c.close)), 6, Math.max(1, Math.abs(y(c.open) - y(c.close))));
    });
    this.#price(g, shown.at(-1), y, width, right, color);
  }

  #grid(g, { shown, x, y, width, height, right, bottom, top, span, color }) {
    g.lineWidth = 1;
    g.strokeStyle = color("--line");
    g.fillStyle = color("--soft");
    g.textBaseline = "middle";
    g.textAlign = "left";
    const size = niceStep(span / 6);
    for (let price = Math.ceil((top - span) / size) * size; price < top; price += size) {
      const at = Math.round(y(price)) + 0.5;
      if (at > height - bottom) continue;
      line(g, 0, at, width - right, at);
      // Not where the last price is written.
      if (Math.abs(at - y(shown.at(-1).close)) > 16) g.fillText(price.toFixed(this.digits), width - right + 6, at);
    }
    g.textAlign = "center";
    shown.forEach((c, i) => {
      if ((c.time / MINUTE) % 15) return;
      const at = Math.round(x(i)) + 0.5;
      line(g, at, 0, at, height - bottom);
      if (at > 20 && at < width - right - 12) g.fillText(new Date(c.time).toISOString().slice(11, 16), at, height - bottom / 2);
    });
  }

  #price(g, last, y, width, right, color) {
    const at = Math.round(y(last.close)) + 0.5;
    g.strokeStyle = g.fillStyle = color("--accent");
    g.setLineDash([4, 4]);
    line(g, 0, at, width - right, at);
    g.setLineDash([]);
    g.beginPath();
    g.roundRect(width - right + 1, at - 10, right - 1, 20, 4);
    g.fill();
    g.fillStyle = color("--card");
    g.textAlign = "left";
    g.fillText(last.close.toFixed(this.digits), width - right + 6, at);
  }
}

function line(g, x1, y1, x2, y2) {
  g.beginPath();
  g.moveTo(x1, y1);
  g.lineTo(x2, y2);
  g.stroke();
}

function niceStep(raw) {
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].find((n) => n * power >= raw) * power;
}
