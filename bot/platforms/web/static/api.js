// Requests to the server. A failure is an Error whose message can be shown; `.offline`: it was never reached.
import { say } from "./words.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { "x-recap-zone": zone, ...options.headers } });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw Object.assign(new Error(say("error.offline")), { offline: true });
  }
  if (response.status === 401) enterAgain();
  const data = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(data.error ?? say("error.offline")), { status: response.status, offline: response.status >= 502 });
  return data;
}

// The pass has ended: the page asks for the token. Without cookies that would go on for ever.
function enterAgain() {
  const last = Number(sessionStorage.getItem("recap.entered") ?? 0);
  sessionStorage.setItem("recap.entered", String(Date.now()));
  if (Date.now() - last > 10_000) location.reload();
}

export const get = (path, query = {}, signal) => request(`${path}?${new URLSearchParams(query)}`, { signal });

export const post = (path, data) =>
  request(path, { method: "POST", body: JSON.stringify(data), headers: { "content-type": "application/json" } });

// Outside https and localhost browsers have no randomUUID.
export const uuid = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
