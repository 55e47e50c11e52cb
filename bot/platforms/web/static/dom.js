// Small pieces for building the page without a framework.
export const $ = (id) => document.getElementById(id);

// el("button", {class: "icon", onclick: …}, "text", child)
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// The only place where HTML enters the page: what our server rendered from Markdown.
const policy = globalThis.trustedTypes?.createPolicy("recap", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

export function prose(html, language) {
  const element = el("div", { class: "prose", lang: language, dir: "auto" });
  element.innerHTML = policy.createHTML(html);
  return element;
}

export function keep(name, value) {
  try {
    if (value) localStorage.setItem(`recap.${name}`, value);
    else localStorage.removeItem(`recap.${name}`);
  } catch { /* a full or forbidden storage only costs the convenience */ }
}

export function kept(name) {
  try {
    return localStorage.getItem(`recap.${name}`) ?? "";
  } catch {
    return "";
  }
}
