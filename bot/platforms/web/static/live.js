// Changes as they happen. The browser reconnects by itself; where it gave up, we do.
export class Live {
  constructor(change, on) {
    this.change = change; // number of the last change we have
    this.on = on; // {message, lost, back}
    this.connect();
  }

  connect() {
    this.source = new EventSource(`/api/events?after=${this.change}`);
    this.source.addEventListener("open", () => {
      clearTimeout(this.waiting);
      this.waiting = null;
      this.on.back();
    });
    this.source.addEventListener("message", (event) => {
      this.change = Math.max(this.change, Number(event.lastEventId));
      this.on.message(JSON.parse(event.data));
    });
    this.source.addEventListener("error", () => {
      this.waiting ??= setTimeout(() => this.on.lost(), 2500);
      if (this.source.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), 2000);
    });
  }
}
