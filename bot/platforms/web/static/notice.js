// What tells a person who looks elsewhere: the tab's title, and notifications if they were switched on.
import { post } from "./api.js";
import { $, keep, kept } from "./dom.js";
import { say } from "./words.js";

export class Notice {
  constructor() {
    this.unread = 0;
    this.seen = 0;
    $("notify").addEventListener("click", () => this.toggle());
  }

  start(unread) {
    this.count(unread);
    $("notify").hidden = !("Notification" in window);
    this.show();
  }

  get on() {
    return kept("notify") === "on" && window.Notification?.permission === "granted";
  }

  async toggle() {
    const granted = !this.on && (await Notification.requestPermission()) === "granted";
    keep("notify", granted ? "on" : "");
    this.show();
    if (Notification.permission === "denied") $("notify").title = say("notify_blocked");
  }

  show() {
    $("notify").title = say(this.on ? "notify_off" : "notify_on");
    $("notify").setAttribute("aria-label", $("notify").title);
    $("notify").setAttribute("aria-pressed", String(this.on));
    $("notify").querySelector("use").setAttribute("href", this.on ? "#i-bell-on" : "#i-bell");
  }

  count(unread) {
    this.unread = unread;
    document.title = unread ? `(${unread}) Recap` : "Recap";
  }

  arrived(data, text) {
    if (document.hidden) this.count(this.unread + 1);
    if (document.hidden && data.unasked && this.on) {
      const note = new Notification("Recap", { body: text.slice(0, 160), tag: `recap-${data.id}`, icon: "/static/icon.svg" });
      note.addEventListener("click", () => {
        window.focus();
        note.close();
      });
    }
  }

  see(id) {
    if (document.hidden || id <= this.seen) return;
    this.seen = id;
    this.count(0);
    post("/api/seen", { id }).catch(() => (this.seen = 0));
  }
}
