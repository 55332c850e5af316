// Who acts at this tablet: the dialog that asks, and the end of those five minutes.

const ACTING_S = 300; // as the server counts them, from the last act
const ASLEEP_MS = 60000; // a tablet put away for this long ends them
const BADGE_MS = 1000;

const dialog = document.getElementById("who");
let over = 0; // timer: the time of who acts here is over
let badge = 0; // timer: whether the badge has come

const actor = () => document.getElementById("actor");

function post(url, fields = {}) {
  const headers = { "X-CSRF": dialog.dataset.csrf };
  const signal = AbortSignal.timeout(10000);
  return fetch(url, { method: "POST", headers, body: new URLSearchParams(fields), signal });
}

// --- the dialog ------------------------------------------------------------------------

export async function ask() {
  if (dialog.open) return;
  const answer = await fetch(dialog.dataset.ask).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.reload();
  dialog.innerHTML = await answer.text();
  dialog.showModal();
  badge = setInterval(lookForBadge, BADGE_MS);
}

async function lookForBadge() {
  const answer = await post(dialog.dataset.badge).catch(() => null);
  if (answer?.status === 200) return began(await answer.text());
  const code = dialog.querySelector("[data-code]");
  if (answer?.status === 202 && code) code.textContent = (await answer.json()).code;
}

async function tryPin(form) {
  const said = form.querySelector(".said");
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const answer = await post(dialog.dataset.pin, new FormData(form)).catch(() => null);
  button.disabled = false;
  if (answer?.ok) return began(await answer.text());
  form.elements.pin.value = "";
  form.elements.pin.focus();
  said.textContent = answer ? await answer.text() : "…";
}

// The pad: a key adds its digit, or takes the last one back.
function type(pin, digit) {
  pin.value = digit ? (pin.value + digit).slice(0, 6) : pin.value.slice(0, -1);
}

function began(html) {
  dialog.close();
  put(html);
  document.dispatchEvent(new CustomEvent("acting"));
}

function put(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  actor()?.replaceWith(fresh.content.querySelector("#actor"));
  count();
}

dialog.addEventListener("close", () => {
  clearInterval(badge);
  dialog.replaceChildren();
});
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  tryPin(event.target);
});

// --- five minutes ------------------------------------------------------------------------

function count(leftS = Number(actor()?.dataset.left ?? 0)) {
  clearTimeout(over);
  if (leftS > 0) over = setTimeout(end, leftS * 1000);
}

async function end() {
  clearTimeout(over);
  const answer = await post(dialog.dataset.end).catch(() => null);
  if (answer?.ok) put(await answer.text());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("ask" in button.dataset) ask();
  if ("end" in button.dataset) end();
  if ("digit" in button.dataset) type(button.form.elements.pin, button.dataset.digit);
  if ("close" in button.dataset && dialog.contains(button)) dialog.close();
});

// An act that was done makes the time begin anew.
export function renew() {
  if (actor()?.dataset.left) count(ACTING_S);
}

let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (actor()?.dataset.left && Date.now() - hiddenAt > ASLEEP_MS) end();
});

count();
