// The form behind a button with fields.
import { el } from "./dom.js";
import { say } from "./words.js";

let count = 0;

export function form(action, submit, cancel) {
  const inputs = action.fields.map((field) => ({ field, input: control(field, `field-${++count}`) }));
  const button = el("button", { type: "submit", class: "action primary" }, say("submit"));
  const element = el("form", { class: "fields", novalidate: true, "data-action": action.id },
    ...inputs.map(({ field, input }) => el("div", { class: "field" },
      el("label", { for: input.id }, field.label), input,
      el("p", { class: "refusal", id: `${input.id}-error`, hidden: true }, say("required")))),
    el("div", { class: "buttons" }, button, el("button", { type: "button", class: "action", onclick: cancel }, say("cancel"))));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const missing = inputs.filter(({ field, input }) => mark(input, field.required && !input.value.trim()));
    if (missing.length) missing[0].input.focus();
    else submit(Object.fromEntries(inputs.map(({ field, input }) => [field.name, input.value])), button);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
    if (event.key === "Escape") cancel();
  });
  return element;
}

function control(field, id) {
  const common = { id, name: field.name, "aria-describedby": `${id}-error`, "aria-required": field.required ? "true" : undefined };
  if (field.choices.length) {
    const select = el("select", common, ...field.choices.map(([value, label]) => el("option", { value }, label)));
    if (!field.required && !field.choices.some(([value]) => value === "")) select.prepend(el("option", { value: "" }, ""));
    select.value = field.value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    return select;
  }
  const input = field.multiline ? el("textarea", { ...common, rows: 3 }) : el("input", { ...common, type: "text", autocomplete: "off" });
  input.value = field.value;
  input.addEventListener("input", () => mark(input, false));
  return input;
}

function mark(input, wrong) {
  input.setAttribute("aria-invalid", String(wrong));
  input.nextElementSibling.hidden = !wrong;
  return wrong;
}
