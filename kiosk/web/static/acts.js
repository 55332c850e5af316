// Acting: the forms that are one act each, the sheets that ask more, and the button that is held.
//
// A form is sent once, whatever the finger does: its key is kept for as long as it is not
// answered, and the same act again within a second is the same tap. Where nobody said who
// acts, it waits for that and is sent then.

import { ask, renew } from "./who.js";
import { hold, letGo } from "./tablet.js";
import { watch } from "./upload.js";

const HOLD_MS = 1000;
const TWICE_MS = 1000;
const TOLD_MS = 6000;
const ANSWER_MS = 10000;
const EXAMINED_MS = 60000; // a large file, on a Pi

const sheet = document.getElementById("sheet");
const told = document.getElementById("told");
const token = document.getElementById("who").dataset.csrf;
const sent = new Map(); // an act, without its key -> when it was sent; Infinity while unanswered

let asked = null; // the act that waits to know who acts
let quiet = 0; // timer: what was told is taken away

function say(text, bad) {
  clearTimeout(quiet);
  told.textContent = text;
  told.classList.toggle("bad", bad);
  quiet = setTimeout(() => (told.textContent = ""), TOLD_MS);
}

async function send(act) {
  const before = performance.now() - (sent.get(act.what) ?? -Infinity);
  if (!act.counts && before < TWICE_MS) return;
  sent.set(act.what, Infinity);
  act.button?.setAttribute("aria-disabled", "true");
  const answer = await fetch(act.url, {
    method: "POST",
    headers: { "X-CSRF": token },
    body: act.fields,
    signal: AbortSignal.timeout(act.timeout),
  }).catch(() => null);
  act.button?.removeAttribute("aria-disabled");
  sent.set(act.what, performance.now());
  if (answer?.headers.get("X-Ask")) {
    asked = act;
    sent.delete(act.what);
    return ask();
  }
  const words = answer ? await answer.text() : document.body.dataset.lost;
  if (answer?.ok) {
    renew();
    if (act.inSheet) sheet.close();
    if (words) say(words, false);
    document.dispatchEvent(new Event("acted"));
    return;
  }
  if (act.upload) act.upload(); // what was taken is gone: another try sends it again
  const said = act.inSheet && sheet.open && sheet.querySelector(".said");
  if (said) said.textContent = words;
  else say(words, true);
}

function read(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  if ("counts" in form.dataset) fields.set("key", newKey()); // each tap is one more
  const what = new URLSearchParams([...fields].filter(([name]) => name !== "key"));
  return {
    url: form.action,
    what: `${form.action}?${what}`,
    fields,
    button: submitter,
    inSheet: sheet.contains(form),
    counts: "counts" in form.dataset,
    upload: form.dataset.upload && (() => forget(form)),
    timeout: form.dataset.upload ? EXAMINED_MS : ANSWER_MS,
  };
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function forget(form) {
  form.elements.upload.value = "";
  form.querySelector("input[type=file]").disabled = false;
  form.querySelector("progress").hidden = true;
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("form.act")) return;
  event.preventDefault();
  send(read(event.target, event.submitter));
});

document.addEventListener("acting", () => {
  const act = asked;
  asked = null;
  if (act) send(act);
});
document.getElementById("who").addEventListener("close", () => (asked = null));

// --- sheets ------------------------------------------------------------------------------

async function open(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    return say(answer ? await answer.text() : document.body.dataset.lost, true);
  }
  sheet.innerHTML = await answer.text();
  sheet.querySelectorAll("form[data-upload]").forEach(watch);
  if (!sheet.open) sheet.showModal();
  sheet.querySelector("[autofocus]")?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.sheet) open(button.dataset.sheet);
  if (button && "close" in button.dataset && sheet.contains(button)) sheet.close();
});
sheet.addEventListener("close", () => sheet.replaceChildren());

sheet.addEventListener("input", (event) => {
  const list = document.getElementById(event.target.dataset.search ?? "");
  if (!list) return;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const sought = plain(event.target.value);
  const labels = [...list.querySelectorAll("label")];
  for (const label of labels) {
    label.hidden = !plain(label.textContent).includes(sought);
    if (label.hidden) label.control.checked = false; // nobody is chosen unseen
  }
  list.querySelector("p").hidden = labels.some((label) => !label.hidden);
});

// --- the button that is held: by a finger, or by the space or enter key -----------------------

let held = 0; // timer: it was held long enough

function press(button) {
  clearTimeout(held);
  hold(button);
  button.classList.add("holding");
  held = setTimeout(() => {
    release();
    button.form.requestSubmit(button);
  }, HOLD_MS);
}

function release() {
  clearTimeout(held);
  document.querySelectorAll(".holding").forEach((button) => button.classList.remove("holding"));
  letGo();
}

const holdable = (event) => event.target.closest?.("button[data-hold]");
document.addEventListener("pointerdown", (event) => {
  const button = event.isPrimary && event.button === 0 && holdable(event);
  if (button) press(button);
});
for (const name of ["pointerup", "pointercancel", "blur", "visibilitychange"]) {
  addEventListener(name, release);
}
document.addEventListener("pointermove", (event) => {
  const button = document.querySelector(".holding");
  if (button && !button.contains(document.elementFromPoint(event.clientX, event.clientY))) release();
});
document.addEventListener("keydown", (event) => {
  const button = [" ", "Enter"].includes(event.key) && holdable(event);
  if (!button) return;
  event.preventDefault();
  if (!event.repeat) press(button);
});
document.addEventListener("keyup", release);
document.addEventListener("click", (event) => {
  const button = holdable(event);
  if (!button) return;
  event.preventDefault();
  if (event.detail === 0) again(button);
});

// Who cannot hold (a screen reader, a switch) presses twice: such a press is no finger's.
let sure = null;

function again(button) {
  if (sure === button) return button.form.requestSubmit(button);
  sure = button;
  say(button.dataset.again, false);
  setTimeout(() => (sure = null), TOLD_MS);
}

document.addEventListener("contextmenu", (event) => holdable(event) && event.preventDefault());
