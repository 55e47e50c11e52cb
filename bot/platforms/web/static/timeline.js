// The list of messages: order, days, older pages, and where it is scrolled to.
import { get } from "./api.js";
import { $, el } from "./dom.js";
import { message } from "./message.js";
import { day } from "./words.js";

const NEAR = 80; // pixels from the end within which new messages are followed

export class Timeline {
  constructor(on) {
    this.on = on; // {press, cite, retry, seen}
    this.known = new Map(); // id -> {data, element}
    this.local = new Map(); // client id -> element of a message that the server hasn't confirmed
    this.list = $("timeline");
    this.scroll = $("scroll");
    this.more = false;
    this.loading = false;
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    $("pill").addEventListener("click", () => this.toEnd(true));
    new ResizeObserver(() => this.following && this.toEnd()).observe(this.list);
    this.following = true;
  }

  async load() {
    const page = await get("/api/messages");
    this.known.clear();
    this.list.replaceChildren(...[...this.local.values()]);
    this.more = page.more;
    for (const data of page.messages) this.put(data);
    this.toEnd();
    return page;
  }

  async older() {
    if (!this.more || this.loading) return;
    this.loading = true;
    try {
      const page = await get("/api/messages", { before: Math.min(...this.known.keys()) });
      const height = this.scroll.scrollHeight - this.scroll.scrollTop;
      this.more = page.more;
      for (const data of page.messages) this.put(data);
      this.scroll.scrollTop = this.scroll.scrollHeight - height;
    } finally {
      this.loading = false;
    }
  }

  // Inserts or replaces a message; true if it is new and at the end.
  put(data, arrives = false) {
    if (data.client_id) this.forget(data.client_id);
    const known = this.known.get(data.id);
    if (known && known.data.change >= data.change) return false;
    const oldest = this.known.size ? Math.min(...this.known.keys()) : 0;
    if (!known && this.more && data.id < oldest && arrives) return false; // an edit far above what is loaded
    const element = message(data, {
      press: (action, fields, button) => this.on.press(data.id, action, fields, button),
      cite: this.on.cite,
    });
    if (known) this.replace(known, element);
    else this.insert(data.id, element);
    const fresh = arrives && !known;
    if (fresh) element.classList.add("arrives");
    this.known.set(data.id, { data, element });
    this.days();
    if (arrives && !this.following && (fresh || known?.data.pending)) $("pill").hidden = data.author === "learner";
    return arrives && data.author === "recap" && !data.pending && (!known || known.data.pending);
  }

  replace(known, element) {
    const drafts = new Map([...known.element.querySelectorAll("form [name]")].map((input) => [input.name, input.value]));
    const open = known.element.querySelector("form")?.dataset.action;
    known.element.replaceWith(element);
    // An edit must not take away what is being written in a form of the message.
    const button = open && element.querySelector(`[data-action="${CSS.escape(open)}"]:not(:disabled)`);
    if (!button) return;
    button.click();
    for (const input of element.querySelectorAll("form [name]")) if (drafts.has(input.name)) input.value = drafts.get(input.name);
  }

  insert(id, element) {
    const after = [...this.known.keys()].filter((other) => other > id).sort((a, b) => a - b)[0];
    const next = after === undefined ? [...this.local.values()][0] : this.known.get(after).element;
    this.list.insertBefore(element, next ?? null);
  }

  // A message that isn't confirmed yet; `state`: "sending" or "failed".
  sketch(clientId, data, retry) {
    const element = message({ author: "learner", at: null, ...data }, { retry });
    const before = this.local.get(clientId);
    if (before) before.replaceWith(element);
    else this.list.append(element);
    this.local.set(clientId, element);
    this.days();
    this.toEnd();
  }

  forget(clientId) {
    this.local.get(clientId)?.remove();
    this.local.delete(clientId);
  }

  days() {
    for (const old of this.list.querySelectorAll(".day")) old.remove();
    let last = "";
    for (const [, { data, element }] of [...this.known].sort(([a], [b]) => a - b)) {
      const moment = new Date(data.at);
      if (moment.toDateString() === last) continue;
      last = moment.toDateString();
      element.before(el("li", { class: "day" }, day(moment)));
    }
    $("welcome").hidden = this.known.size + this.local.size > 0;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.following) {
      $("pill").hidden = true;
      this.on.seen();
    }
    if (scrollTop < 400) this.older().catch(() => {});
  }

  toEnd(smooth = false) {
    this.following = true;
    $("pill").hidden = true;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  get last() {
    return this.known.size ? Math.max(...this.known.keys()) : 0;
  }

  said() {
    return [...this.known].sort(([a], [b]) => b - a).map(([, { data }]) => data).filter((data) => data.author === "learner" && !data.via).map((data) => data.text);
  }
}
