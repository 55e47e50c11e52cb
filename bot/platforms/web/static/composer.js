// The line at the foot: writing, sending, drafts, recalling what was said, completing commands.
import { get } from "./api.js";
import { $, el, keep, kept } from "./dom.js";
import { say } from "./words.js";

const PAUSE = 60; // milliseconds without a key before suggestions are asked for

export class Composer {
  constructor(send, said) {
    this.send = send;
    this.said = said; // () => what the learner said, latest first
    this.line = $("line");
    this.list = $("suggestions");
    this.found = [];
    this.active = -1;
    this.recalled = -1;
    this.most = Infinity;
    this.line.value = kept("draft");
    this.line.addEventListener("input", () => this.changed());
    this.line.addEventListener("keydown", (event) => this.key(event));
    this.line.addEventListener("blur", () => this.close());
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    $("slash").addEventListener("click", () => {
      if (!this.line.value.startsWith("/")) this.line.value = `/${this.line.value}`;
      this.line.focus();
      this.changed();
    });
    this.fit();
  }

  changed() {
    keep("draft", this.line.value);
    this.recalled = -1;
    this.refuse("");
    this.fit();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.suggest(), PAUSE);
  }

  fit() {
    $("send").disabled = !this.line.value.trim();
    if (CSS.supports("field-sizing", "content")) return;
    this.line.style.height = "auto";
    this.line.style.height = `${this.line.scrollHeight}px`;
  }

  set(text) {
    this.line.value = text;
    this.line.setSelectionRange(text.length, text.length);
    keep("draft", text);
    this.fit();
  }

  submit() {
    const text = this.line.value.trim();
    if (!text) return;
    if (text.length > this.most) {
      this.refuse(say("error.too_long", { most: this.most }));
      return;
    }
    this.close();
    this.set("");
    this.recalled = -1;
    this.send(text);
  }

  refuse(sentence) {
    $("refusal").textContent = sentence;
    $("refusal").hidden = !sentence;
  }

  key(event) {
    if (event.isComposing) return; // the Enter that ends an input method's word
    if (!this.list.hidden && this.choose(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.recall(event);
    }
  }

  recall(event) {
    const said = this.said();
    if (this.recalled < 0 && this.line.value) return;
    const next = this.recalled + (event.key === "ArrowUp" ? 1 : -1);
    if (next >= said.length || next < -1) return;
    event.preventDefault();
    this.recalled = next;
    this.set(next < 0 ? "" : said[next]);
  }

  // --- suggestions ---

  async suggest() {
    this.asked?.abort();
    const line = this.line.value;
    if (!/^\s*[/／]/.test(line) || line.length > 500 || line.includes("\n")) return this.close();
    this.asked = new AbortController();
    try {
      const { suggestions } = await get("/api/complete", { line }, this.asked.signal);
      if (this.line.value === line && document.activeElement === this.line) this.show(suggestions, line);
    } catch { /* no suggestions then */ }
  }

  show(found, line) {
    this.found = found.filter((one) => one.insert.trimEnd() !== line.trimEnd() || one.insert.length > line.length);
    if (!this.found.length) return this.close();
    this.list.replaceChildren(...this.found.map((one, index) => this.option(one, index)));
    this.list.hidden = false;
    this.line.setAttribute("aria-expanded", "true");
    // A command's name is completed by Enter at once; an argument only once it was chosen.
    this.mark(/^\s*[/／]\S*$/.test(line) ? 0 : -1);
  }

  option({ label, detail }, index) {
    const command = label.startsWith("/");
    const head = command ? label.split(" ")[0] : label;
    const rest = label.slice(head.length);
    return el("li", { role: "option", id: `option-${index}`, "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); this.take(index); },
      onmousemove: () => this.active !== index && this.mark(index) },
      el("span", { class: command ? "label typed" : "label" }, head, rest ? el("span", {}, rest) : ""), el("span", { class: "detail" }, detail));
  }

  mark(index) {
    this.active = index;
    for (const [at, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(at === index));
    if (index < 0) this.line.removeAttribute("aria-activedescendant");
    else {
      this.line.setAttribute("aria-activedescendant", `option-${index}`);
      this.list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  choose(event) {
    const count = this.found.length;
    if (event.key === "ArrowDown") this.mark((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.mark((this.active - 1 + count) % count);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" && !event.shiftKey) this.take(Math.max(this.active, 0));
    else if (event.key === "Enter" && !event.shiftKey && this.active >= 0 && this.found[this.active].insert.trim() !== this.line.value.trim()) this.take(this.active);
    else return false;
    return true;
  }

  take(index) {
    this.set(this.found[index].insert);
    this.close();
    this.suggest();
  }

  close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.found = [];
    this.active = -1;
    this.line.setAttribute("aria-expanded", "false");
    this.line.removeAttribute("aria-activedescendant");
  }
}
