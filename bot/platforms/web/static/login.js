import { get, post } from "./api.js";
import { $ } from "./dom.js";
import { speak } from "./words.js";

speak(await get("/api/session"));
$("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("refusal").hidden = true;
  try {
    await post("/api/login", { token: $("token").value });
    location.reload();
  } catch (failure) {
    $("refusal").textContent = failure.message;
    $("refusal").hidden = false;
    $("token").select();
  }
});
