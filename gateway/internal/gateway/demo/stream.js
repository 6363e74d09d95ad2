// A client of the quotes stream of mtsuite, to copy. It connects again by itself, resumes where it was, and never shows
// old prices as new ones: `onState` tells "live", "stale", "waiting" or "failed".
//
//   const stream = new QuoteStream({url: "https://gateway.example/v1/servers/mt5-demo/quotes:stream", apiKey, symbols,
//                                   onQuotes, onState, onProblem});
//   stream.subscribe(["XAUUSD"]);  stream.unsubscribe(["EURUSD"]);  stream.close();

const HEARTBEAT = 5_000; // The longest silence of a stream that is alive.
const LONGEST_WAIT = 15_000;

export class QuoteStream {
  // onQuotes(quotes, {snapshot}), onReset(reason), onState(state), onProblem(problem): what happened.
  // feedAge(): milliseconds since the server's last tick; undefined when not known.
  constructor(options) {
    this.options = options;
    this.symbols = new Set(options.symbols);
    this.position = null; // Where to resume: {epoch, sequence}.
    this.skipped = 0;
    this.resets = 0;
    this.attempt = 0;
    this.closed = false;
    this.#connect();
  }

  subscribe(symbols) {
    for (const symbol of symbols) this.symbols.add(symbol);
    this.#send({ id: `+${symbols}`, subscribe: { symbols } });
  }

  unsubscribe(symbols) {
    for (const symbol of symbols) this.symbols.delete(symbol);
    this.#send({ id: `-${symbols}`, unsubscribe: { symbols } });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.socket?.close(1000);
  }

  feedAge() {
    if (this.tickAt === undefined) return undefined;
    return Math.max(0, performance.now() - this.tickAt);
  }

  #connect() {
    const url = new URL(this.options.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("symbols", [...this.symbols].join(","));
    // A position holds for the symbols it was told with. While the answer to a subscription is due, a snapshot is needed.
    if (this.position && !this.pending) {
      url.searchParams.set("resumeAfter.epoch", this.position.epoch);
      url.searchParams.set("resumeAfter.sequence", this.position.sequence);
    }
    this.pending = 0;
    this.#state("waiting");
    const socket = new WebSocket(url);
    this.socket = socket;
    // Browsers cannot set headers here, so the key is the first message. It must never be in the URL: URLs are logged.
    socket.onopen = () => this.#send({ authenticate: { apiKey: this.options.apiKey } });
    socket.onmessage = ({ data }) => this.socket === socket && this.#take(JSON.parse(data));
    socket.onclose = ({ code }) => this.socket === socket && this.#lost(code);
    this.#expect();
  }

  #send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return; // The next connection asks for all symbols anyway.
    if (message.subscribe) this.pending++;
    this.socket.send(JSON.stringify(message));
  }

  #take(message) {
    this.#expect();
    const { snapshot, quotes, heartbeat, reset, error, subscription } = message;
    if (message.position) this.position = message.position;
    if (error) return this.#refused(message.id, error);
    if (subscription) return; // What is subscribed from here on; this client knows that already.
    this.attempt = 0;
    if (reset) {
      this.resets++;
      this.position = null;
      this.options.onReset?.(reset.reason);
    } else if (snapshot) {
      this.options.onQuotes(snapshot.quotes, { snapshot: true });
    } else if (quotes) {
      this.tickAt = performance.now();
      for (const { count } of quotes.skipped) this.skipped += Number(count);
      this.options.onQuotes(quotes.quotes, { snapshot: false });
    } else if (heartbeat) {
      if (heartbeat.feedAge) this.tickAt = performance.now() - 1000 * parseFloat(heartbeat.feedAge);
    } else if (message.snapshotEnd) {
      this.pending = 0;
    }
    this.#state("live");
  }

  // An answer to one of our messages leaves the stream as it was; any other error is followed by the end.
  #refused(id, problem) {
    this.options.onProblem(problem);
    if (id) {
      if (id.startsWith("+")) {
        this.pending = Math.max(0, this.pending - 1);
        for (const symbol of id.slice(1).split(",")) this.symbols.delete(symbol);
      }
      return;
    }
    // A key that is not good now will not be so in a second.
    if ([400, 401, 403, 404].includes(problem.status)) {
      this.closed = true;
      this.#state("failed");
    }
  }

  #lost() {
    clearTimeout(this.watchdog);
    if (this.closed) return;
    this.#state("waiting");
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.attempt++) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.#connect(), wait);
  }

  // A stream that is silent for longer than a heartbeat is not live; one that stays so is dead.
  #expect() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      this.#state("stale");
      this.watchdog = setTimeout(() => {
        const dead = this.socket;
        this.socket = null;
        dead.onclose = null;
        dead.close();
        this.#lost();
      }, HEARTBEAT);
    }, 1.5 * HEARTBEAT);
  }

  #state(state) {
    if (this.state === state) return;
    this.state = state;
    this.options.onState(state);
  }
}
