// A picture in a message, and the same one large over the page.
import { el, icon } from "./dom.js";
import { say } from "./words.js";

export function picture({ address, alt, width, height }) {
  // Loaded when it comes near the screen; width and height keep its room until then.
  const image = el("img", { loading: "lazy", decoding: "async", alt, width, height, src: address });
  const button = el("button", { type: "button", class: "icon", title: say("enlarge"), "aria-label": say("enlarge") }, icon("enlarge"));
  for (const one of [image, button]) one.addEventListener("click", () => enlarge(image, button));
  return el("div", { class: "picture" }, image, button);
}

// Escape, the cross and a click beside the picture close it.
function enlarge({ src, alt }, opener) {
  const shown = el("img", { src, alt });
  const cross = el("button", { type: "button", class: "icon", title: say("close"), "aria-label": say("close") }, icon("close"));
  const dialog = el("dialog", { class: "enlarged", "aria-label": say("picture") }, cross, shown);
  dialog.addEventListener("click", (event) => event.target !== shown && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener.isConnected) opener.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}
