// One message as an element. It knows how a message looks, not what its buttons do.
import { el, icon, prose } from "./dom.js";
import { form } from "./form.js";
import { picture } from "./picture.js";
import { clock, say } from "./words.js";

const ICONS = { answer: "note", question: "question", result: "spark", progress: "spark", note: "note", success: "check", error: "alert" };

// `on.press(action, fields, button)`, `on.cite(citation, button)`, `on.retry()`
export function message(data, on) {
  const learner = data.author === "learner";
  const element = el("li", { class: `message ${data.author}`, "data-tone": data.tone, "data-id": data.id });
  if (learner) fillLearner(element, data, on);
  else if (data.pending) element.append(el("div", { class: "bubble thinking", role: "status", "aria-label": say("working") }, el("i"), el("i"), el("i")));
  else fillRecap(element, data, on);
  if (data.at && !data.pending) {
    const moment = new Date(data.at);
    element.append(el("time", { datetime: data.at, title: moment.toLocaleString() }, clock(moment)));
  }
  return element;
}

function fillLearner(element, data, on) {
  if (data.via) element.append(el("span", { class: data.text ? "via" : "via alone" }, icon("check"), data.via));
  element.append(el("div", { class: "bubble", dir: "auto" }, data.text ?? ""));
  if (data.state) element.classList.add(data.state);
  if (data.state === "failed") {
    const again = el("button", { type: "button", onclick: on.retry }, say("retry"));
    element.append(el("div", { class: "unsent", role: "alert" }, data.error || say("failed"), data.again ? again : null));
  }
}

function fillRecap(element, data, on) {
  if (data.unasked) element.classList.add("unasked");
  const bubble = el("div", { class: "bubble" });
  element.append(bubble);
  bubble.append(...contents(data, on));
}

// What stands inside a bubble of Recap; also the welcome's content.
export function contents(data, on) {
  const text = prose(data.html, data.language);
  dress(text, data, on);
  const parts = [kicker(data), text];
  if (data.tone === "note") parts.push(fold(text));
  if (data.image) parts.push(picture(data.image));
  if (data.table) parts.push(table(data.table));
  if (data.files?.length) parts.push(files(data.files));
  if (data.tone === "progress") parts.push(el("progress", { max: 1, value: data.progress, "aria-label": say("tone.progress") }));
  if (data.citations?.length) parts.push(sources(data.citations, on));
  if (data.actions?.length) parts.push(actions(data, on));
  return parts.filter(Boolean);
}

function kicker(data) {
  const words = say(`tone.${data.tone}`);
  return words ? el("p", { class: "kicker" }, icon(ICONS[data.tone]), words) : null;
}

function dress(text, data, on) {
  for (const button of text.querySelectorAll("button.cite")) {
    const number = Number(button.dataset.cite);
    button.setAttribute("aria-label", say("source", { number }));
    button.addEventListener("click", () => on.cite(data.citations[number - 1], button));
  }
  for (const block of text.querySelectorAll("pre")) {
    block.tabIndex = 0;
    const frame = el("div", { class: "code" });
    block.replaceWith(frame);
    frame.append(block, copier(block));
  }
}

function copier(block) {
  const label = el("span", {}, say("copy"));
  return el("button", { type: "button", class: "copy", onclick: async () => {
    await navigator.clipboard?.writeText(block.textContent.replace(/\n$/, ""));
    label.textContent = say("copied");
    setTimeout(() => (label.textContent = say("copy")), 1600);
  } }, icon("copy"), label);
}

function fold(text) {
  const button = el("button", { type: "button", class: "fold", "aria-expanded": "false", hidden: true }, say("show_all"));
  button.addEventListener("click", () => {
    const folded = text.parentElement.classList.toggle("folded");
    button.textContent = say(folded ? "show_all" : "show_less");
    button.setAttribute("aria-expanded", String(!folded));
    if (folded) text.parentElement.scrollIntoView({ block: "nearest" });
  });
  // Its height is known once it stands in the page.
  requestAnimationFrame(() => {
    if (text.scrollHeight < 380) return;
    text.parentElement.classList.add("folded");
    button.hidden = false;
  });
  return button;
}

function table({ header, rows }) {
  const row = (tag, cells) => el("tr", {}, ...cells.map((cell) => el(tag, { dir: "auto", scope: tag === "th" ? "col" : undefined }, cell)));
  return el("div", { class: "table", tabindex: 0 }, el("table", {}, el("thead", {}, row("th", header)), el("tbody", {}, ...rows.map((cells) => row("td", cells)))));
}

function files(listed) {
  const entry = ({ name, size, address }) =>
    el("li", {}, el("a", { href: address, download: name }, icon("download"), name, el("span", {}, say("kilobytes", { size: Math.ceil(size / 1024) }))));
  return el("ul", { class: "files", "aria-label": say("files") }, ...listed.map(entry));
}

function sources(citations, on) {
  const entry = (citation, index) => {
    const button = el("button", { type: "button", "data-source": index + 1, "aria-expanded": "false" },
      el("span", { class: "cite", "aria-hidden": "true" }, String(index + 1)),
      el("span", { class: "file" }, citation.note, citation.heading ? " § " : "", citation.heading ? el("b", {}, citation.heading) : "", `, ${citation.lines}`));
    button.addEventListener("click", () => on.cite(citation, button));
    return el("li", {}, button);
  };
  return el("ol", { class: "sources", "aria-label": say("sources") }, ...citations.map(entry));
}

function actions(data, on) {
  const row = el("div", { class: "actions" });
  const holder = el("div", { class: "act" }, row);
  for (const action of data.actions) {
    const pressed = action.state === "pressed";
    const button = el("button", { type: "button", class: `action ${action.style}${pressed ? " pressed" : ""}`, "data-action": action.id, disabled: action.state !== "ready" },
      pressed ? icon("check") : null, action.label, pressed ? el("span", { class: "hidden" }, ` (${say("pressed")})`) : null);
    button.addEventListener("click", () => {
      if (action.fields.length) toggleForm(holder, button, action, on);
      else on.press(action, {}, button);
    });
    row.append(button);
  }
  return holder;
}

function toggleForm(holder, button, action, on) {
  const open = holder.querySelector("form");
  const own = open?.dataset.action === action.id;
  open?.remove();
  for (const other of holder.querySelectorAll("[aria-expanded]")) other.removeAttribute("aria-expanded");
  if (own) return;
  button.setAttribute("aria-expanded", "true");
  const close = () => {
    button.removeAttribute("aria-expanded");
    element.remove();
    button.focus();
  };
  const element = form(action, (fields, submit) => on.press(action, fields, submit), close);
  holder.append(element);
  element.querySelector("input, textarea, select").focus();
  element.scrollIntoView({ block: "nearest" });
}
