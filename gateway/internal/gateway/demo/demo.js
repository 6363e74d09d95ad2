import { Chart } from "./chart.js";
import { QuoteStream } from "./stream.js";

const FIRST_SYMBOLS = 8; // How many are shown to begin with.
const $ = (id) => document.getElementById(id);
const rows = new Map(); // symbol → {row, cells, quote}
const chart = new Chart($("candles"));
let stream, chosen, received = 0;

// --- The key stays in this tab

$("key").value = sessionStorage.getItem("mtsuite-key") ?? "";
$("server").value = sessionStorage.getItem("mtsuite-server") ?? $("server").value;

const api = async (path) => {
  const answer = await fetch(`/v1/servers/${encodeURIComponent($("server").value)}${path}`, {
    headers: { Authorization: `Bearer ${$("key").value}` },
  });
  const body = await answer.json();
  if (!answer.ok) throw body;
  return body;
};

const showProblem = (problem) => {
  $("problem").hidden = !problem;
  $("problem").textContent = problem ? `${problem.reason ?? "Failed"}: ${problem.detail ?? problem.message}` : "";
};

// --- Connecting

$("connect").onsubmit = async (event) => {
  event.preventDefault();
  if (stream) return disconnect();
  sessionStorage.setItem("mtsuite-key", $("key").value);
  sessionStorage.setItem("mtsuite-server", $("server").value);
  showProblem(null);
  try {
    const { symbols } = await api(`/symbols?pageSize=${FIRST_SYMBOLS}`);
    open(symbols.map((s) => s.name));
  } catch (problem) {
    showProblem(problem);
    showState("failed");
  }
};

function open(symbols) {
  $("toggle").textContent = "Disconnect";
  $("empty").hidden = true;
  for (const symbol of symbols) addRow(symbol);
  stream = new QuoteStream({
    url: `/v1/servers/${encodeURIComponent($("server").value)}/quotes:stream`,
    apiKey: $("key").value,
    symbols,
    onQuotes: (quotes, { snapshot }) => {
      received += quotes.length;
      for (const quote of quotes) showQuote(quote, snapshot);
    },
    onReset: () => loadCandles(),
    onState: showState,
    onProblem: (problem) => {
      showProblem(problem);
      if (problem.metadata?.symbol) removeRow(problem.metadata.symbol);
    },
  });
  if (symbols.length) choose(symbols[0]);
}

function disconnect() {
  stream.close();
  stream = null;
  $("toggle").textContent = "Connect";
  for (const symbol of [...rows.keys()]) removeRow(symbol);
  chart.show([]);
  showState("idle");
}

// --- Symbols

$("add").onsubmit = (event) => {
  event.preventDefault();
  const symbol = $("symbol").value.trim();
  $("symbol").value = "";
  if (!stream || !symbol || rows.has(symbol)) return;
  showProblem(null);
  addRow(symbol);
  stream.subscribe([symbol]);
};

function addRow(symbol) {
  const row = $("quotes").insertRow();
  row.dataset.symbol = symbol;
  row.tabIndex = 0;
  const cells = Array.from({ length: 6 }, () => row.insertCell());
  cells[0].textContent = symbol;
  cells[1].className = cells[2].className = "price";
  cells[3].className = cells[4].className = "soft";
  const remove = document.createElement("button");
  remove.className = "remove";
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", `Remove ${symbol}`);
  remove.onclick = (event) => {
    event.stopPropagation();
    stream.unsubscribe([symbol]);
    removeRow(symbol);
  };
  cells[5].append(remove);
  row.onclick = () => choose(symbol);
  row.onkeydown = (event) => event.key === "Enter" && choose(symbol);
  rows.set(symbol, { row, cells, quote: null });
}

function removeRow(symbol) {
  rows.get(symbol)?.row.remove();
  rows.delete(symbol);
}

function showQuote(quote, snapshot) {
  const entry = rows.get(quote.symbol);
  if (!entry) return;
  const { cells, quote: before } = entry;
  entry.quote = quote;
  showPrice(cells[1], quote.bid, snapshot ? undefined : before?.bid);
  showPrice(cells[2], quote.ask, snapshot ? undefined : before?.ask);
  const digits = (quote.bid.split(".")[1] ?? "").length;
  cells[3].textContent = Math.round((quote.ask - quote.bid) * 10 ** digits);
  cells[4].textContent = quote.time?.slice(11, 19) ?? "";
  if (quote.symbol !== chosen) return;
  $("last").textContent = quote.bid;
  if (quote.time) chart.tick(Date.parse(quote.time), +quote.bid);
}

// The last digits are what moves: pips large, the tenth of a pip small.
function showPrice(cell, price, before) {
  const parts = price.includes(".") ? price.match(/^(.*?)(\d{2})(\d)$/) : null;
  const [, head, pips, tenth] = parts ?? [price, price, "", ""];
  const large = document.createElement("b"), small = document.createElement("sup");
  large.textContent = pips;
  small.textContent = tenth;
  cell.replaceChildren(head, large, small);
  cell.dataset.price = price;
  if (before === undefined || before === price) return;
  cell.classList.remove("up", "down");
  cell.classList.add(+price > +before ? "up" : "down");
  clearTimeout(cell.fade);
  cell.fade = setTimeout(() => cell.classList.remove("up", "down"), 350);
}

// --- The chart

function choose(symbol) {
  rows.get(chosen)?.row.classList.remove("chosen");
  chosen = symbol;
  rows.get(chosen)?.row.classList.add("chosen");
  $("title").textContent = symbol;
  $("last").textContent = rows.get(symbol)?.quote?.bid ?? "";
  chart.show([]);
  loadCandles();
}

async function loadCandles() {
  const symbol = chosen;
  if (!symbol) return;
  try {
    const { candles } = await api(`/symbols/${encodeURIComponent(symbol)}/candles?timeframe=M1&pageSize=300`);
    if (symbol === chosen) chart.show(candles);
  } catch (problem) {
    showProblem(problem);
  }
}

// --- The state of the stream

function showState(state) {
  const text = { idle: "not connected", waiting: "connecting", live: "live", stale: "silent", failed: "failed" };
  $("state").dataset.state = state;
  $("state").textContent = text[state];
}

setInterval(() => {
  const age = stream?.feedAge();
  $("sequence").textContent = stream?.position?.sequence ?? "–";
  $("age").textContent = age === undefined ? "–" : `${(age / 1000).toFixed(1)} s`;
  $("skipped").textContent = stream?.skipped ?? 0;
  $("resets").textContent = stream?.resets ?? 0;
}, 200);
setInterval(() => {
  $("rate").textContent = stream ? received : "–";
  received = 0;
}, 1000);

// --- Light and dark

const setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  chart.draw();
};
$("theme").onclick = () => {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("mtsuite-theme", theme);
  setTheme(theme);
};
setTheme(localStorage.getItem("mtsuite-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
