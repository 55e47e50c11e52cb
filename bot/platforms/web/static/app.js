// The chat: puts the pieces together.
import { get, post, uuid } from "./api.js";
import { Composer } from "./composer.js";
import { $, el, keep, kept } from "./dom.js";
import { Live } from "./live.js";
import { contents } from "./message.js";
import { Notice } from "./notice.js";
import { Panel } from "./panel.js";
import { Timeline } from "./timeline.js";
import { say, speak, spoken } from "./words.js";

const panel = new Panel();
const notice = new Notice();
const timeline = new Timeline({
  press: (id, action, fields, button) => press(id, action, fields, button),
  cite: (citation, opener) => panel.open(citation, opener),
  seen: () => notice.see(timeline.last),
});
const composer = new Composer((text) => send(uuid(), { text }), () => timeline.said());
const unsent = new Map(JSON.parse(kept("unsent") || "[]")); // client id -> request, until the server has it

async function start() {
  const session = await enter();
  notice.start(session.unread);
  $("welcome").replaceChildren(...contents({ ...session.welcome, tone: "plain" }, {
    press: (action, fields, button) => press(null, action, fields, button),
    cite: (citation, opener) => panel.open(citation, opener),
  }));
  const page = await timeline.load();
  timeline.days();
  for (const [id, request] of unsent) page.messages.some((one) => one.client_id === id) ? settle(id) : send(id, request);
  notice.see(timeline.last);
  new Live(page.change, {
    message: (data) => arrive(data),
    lost: () => banner(say("connecting")),
    back: () => {
      banner("");
      for (const [id, request] of unsent) send(id, request);
    },
  });
  if (matchMedia("(hover: hover)").matches) composer.line.focus();
}

async function enter() {
  const session = await get("/api/session");
  speak(session);
  $("course").textContent = session.course;
  composer.most = session.max_text;
  composer.line.placeholder = say(matchMedia("(max-width: 560px)").matches ? "placeholder_short" : "placeholder");
  for (const [id, key] of [["theme", "theme"], ["slash", "commands"], ["send", "send"], ["panel-close", "close"]]) {
    $(id).title = say(key);
    $(id).setAttribute("aria-label", say(key));
  }
  for (const [id, key] of [["line", "placeholder"], ["timeline", "conversation"], ["scroll", "conversation"], ["suggestions", "commands"]]) $(id).setAttribute("aria-label", say(key));
  return session;
}

function press(message, action, fields, button) {
  if (button.disabled) return Promise.resolve();
  button.disabled = true;
  button.classList.add("busy");
  const free = () => {
    button.disabled = false;
    button.classList.remove("busy");
  };
  return send(uuid(), { press: { message, action: action.id, fields } }, action.label).then((done) => {
    free();
    if (done) button.closest("form")?.remove();
  });
}

const sending = new Set();

// Sends a request until the server has taken it; its id makes a repetition harmless.
async function send(id, request, via = "") {
  if (sending.has(id)) return false;
  sending.add(id);
  unsent.set(id, request);
  remember();
  const shown = { text: request.text ?? "", via };
  if (request.text) timeline.sketch(id, { ...shown, state: "sending" });
  try {
    const { said, reply } = await post("/api/turn", { id, ...request });
    settle(id);
    arrive(said);
    arrive(reply);
    timeline.toEnd();
    if (reply.language && reply.language !== spoken()) await relearn();
    return reply.tone !== "error";
  } catch (failure) {
    if (!failure.offline) settle(id);
    timeline.sketch(id, { ...shown, state: "failed", error: failure.message, again: failure.offline }, () => send(id, request, via));
    return false;
  } finally {
    sending.delete(id);
  }
}

function settle(id) {
  unsent.delete(id);
  remember();
}

const remember = () => keep("unsent", unsent.size ? JSON.stringify([...unsent].slice(-20)) : "");

function arrive(data) {
  if (!timeline.put(data, true)) return;
  const text = timeline.known.get(data.id).element.querySelector(".prose")?.textContent ?? "";
  hear(`Recap: ${text.slice(0, 400)}`);
  notice.arrived(data, text);
  if (timeline.following) notice.see(timeline.last);
}

// Messages that arrive together are all read out: a new one doesn't displace one not yet spoken.
function hear(text) {
  $("heard").append(el("p", {}, text));
  while ($("heard").childElementCount > 5) $("heard").firstElementChild.remove();
}

// The settings may have changed the language: the page's own words follow.
async function relearn() {
  const before = spoken();
  const session = await enter();
  notice.show();
  if (session.language !== before) await timeline.load();
}

function banner(sentence) {
  $("banner").textContent = sentence;
  $("banner").hidden = !sentence;
}

$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
});
document.addEventListener("visibilitychange", () => !document.hidden && timeline.following && notice.see(timeline.last));

start().catch((failure) => banner(failure.message || "Recap?"));
