// The page's own words, in the person's language; they come from the server's catalogue.
let words = {};
let language = "en";

export function speak(session) {
  words = session.strings;
  language = session.language;
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
}

export const spoken = () => language;

export function say(key, values = {}) {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The browser's own variant of the language knows whether an hour is 16 or 4 PM.
const local = () => navigator.languages.find((one) => one.split("-")[0] === language) ?? language;

export const clock = (moment) => new Intl.DateTimeFormat(local(), { hour: "numeric", minute: "2-digit" }).format(moment);

export function day(moment) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const away = Math.round((midnight(moment) - midnight(new Date())) / 864e5);
  if (away === 0 || away === -1) {
    const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(away, "day");
    return words[0].toUpperCase() + words.slice(1);
  }
  const year = moment.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(local(), { weekday: "long", day: "numeric", month: "long", year }).format(moment);
}
