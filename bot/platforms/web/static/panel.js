// The note beside the chat: the section a citation stands in, its lines numbered, the quoted ones marked.
import { get } from "./api.js";
import { $, el } from "./dom.js";

export class Panel {
  constructor() {
    this.opener = null;
    $("panel-close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && this.close());
  }

  async open(citation, opener) {
    if (this.opener === opener && !$("panel").hidden) return this.close();
    this.mark(opener);
    const query = { course: citation.course, note: citation.note, start: citation.start, end: citation.end };
    try {
      const view = await get("/api/passage", query);
      if (this.opener !== opener) return;
      $("panel-title").textContent = view.headings.at(-1) ?? view.title;
      $("panel-path").textContent = [view.note, ...view.headings.slice(0, -1)].join(" › ");
      $("panel-lines").replaceChildren(...rows(view));
    } catch (failure) {
      $("panel-title").textContent = citation.heading || citation.note;
      $("panel-path").textContent = citation.note;
      $("panel-lines").replaceChildren(el("div", {}, el("span", { class: "number" }), el("p", { class: "refusal" }, failure.message)));
    }
    $("panel").hidden = false;
    $("panel-title").focus({ preventScroll: true });
    $("panel-lines").querySelector(".quoted")?.scrollIntoView({ block: "center" });
  }

  close() {
    if ($("panel").hidden) return;
    $("panel").hidden = true;
    const opener = this.opener;
    this.mark(null);
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    else $("line").focus();
  }

  mark(opener) {
    this.opener?.setAttribute("aria-expanded", "false");
    opener?.setAttribute("aria-expanded", "true");
    this.opener = opener;
  }
}

function rows({ lines, first_line, start, end }) {
  let fenced = false;
  return lines.map((text, index) => {
    const number = first_line + index;
    const fence = /^\s*(```|~~~)/.test(text);
    const classes = [];
    if (fenced || fence) classes.push("code-line");
    else if (/^#{1,6}\s/.test(text)) classes.push("heading");
    if (number >= start && number <= end) classes.push("quoted");
    if (fence) fenced = !fenced;
    return el("div", { class: classes.join(" ") }, el("span", { class: "number" }, String(number)), el("span", { class: "text", dir: "auto" }, text));
  });
}
