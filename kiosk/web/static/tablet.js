// Puts the pieces of a page in place: as the stream brings them, or asked for every 3 s where
// it found no place or broke. A piece under a finger is put when the finger is gone.

const POLL_MS = 3000;
const SILENT_MS = 12000; // a beat comes every 10 s: without one, the stream is not to be trusted
const LOST_MS = 15000;
const RETRY_MS = 30000;
const CAMERA_MS = 10000;

const live = document.getElementById("live");
const lost = document.getElementById("lost");

let streamAt = -SILENT_MS; // the last word of the stream: none yet
let heardAt = performance.now(); // the last word by either way
let triedAt = heardAt;
let open = false;

live.addEventListener("htmx:sse:before:message", (event) => {
  streamAt = heardAt = performance.now();
  open = true;
  lost.hidden = true;
  const { message } = event.detail;
  if (message.event) return;
  event.preventDefault();
  put(message.data);
});
live.addEventListener("htmx:sse:close", () => (open = false));

export async function ask() {
  try {
    const answer = await fetch(live.dataset.poll, { signal: AbortSignal.timeout(POLL_MS) });
    if (!answer.ok) return;
    put(await answer.text());
    heardAt = performance.now();
    lost.hidden = true;
  } catch {
    // the next round asks again; after LOST_MS the page says so
  }
}

// --- pieces ------------------------------------------------------------------------------

const late = new Map(); // pieces that came while theirs was under a finger, by id
let under = null; // what the finger is on

export function hold(element) {
  under = element;
}

export function letGo() {
  under = null;
  const pieces = [...late.values()];
  late.clear();
  pieces.forEach(place);
}

function put(html) {
  const pieces = document.createElement("template");
  pieces.innerHTML = html;
  [...pieces.content.children].forEach(place);
}

function place(piece) {
  const old = document.getElementById(piece.id);
  if (!old) return;
  if (under && old.contains(under)) return late.set(piece.id, piece);
  for (const shown of old.querySelectorAll("details[open]")) {
    const same = marked(piece, shown.dataset.mark);
    if (same) same.open = true;
  }
  for (const image of old.querySelectorAll("img[data-image]")) {
    piece.querySelector(`img[data-image="${CSS.escape(image.dataset.image)}"]`)?.replaceWith(image);
  }
  for (const chosen of old.querySelectorAll("select[data-mark]")) {
    const same = marked(piece, chosen.dataset.mark);
    if ([...(same?.options ?? [])].some((o) => o.value === chosen.value)) same.value = chosen.value;
  }
  const focus = old.contains(document.activeElement) && document.activeElement;
  const mark = focus && (focus.dataset.mark ?? focus.closest("details")?.dataset.mark);
  const scrolled = old.querySelector(":scope > ul")?.scrollLeft;
  old.replaceWith(piece);
  if (scrolled) piece.querySelector(":scope > ul")?.scrollTo(scrolled, 0);
  if (mark) focusOn(marked(piece, mark));
}

function marked(piece, mark) {
  return mark && piece.querySelector(`[data-mark="${CSS.escape(mark)}"]`);
}

function focusOn(element) {
  (element?.querySelector("summary") ?? element)?.focus({ preventScroll: true });
}

document.addEventListener("pointerdown", (event) => hold(event.target));
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(letGo, 60)); // after the click that follows
}

// --- time --------------------------------------------------------------------------------

setInterval(() => {
  const now = performance.now();
  if (document.hidden) return;
  if (now - heardAt > LOST_MS) lost.hidden = false;
  if (now - streamAt < SILENT_MS) return;
  ask();
  if (!open && now - triedAt > RETRY_MS) {
    triedAt = now;
    window.htmx.trigger(live, "again");
  }
}, POLL_MS);

// A page that shows more than the stream brings asks for it: after each act, and now and then.
if ("renews" in live.dataset) {
  document.addEventListener("acted", ask);
  setInterval(() => document.hidden || ask(), RETRY_MS);
}

setInterval(() => {
  if (document.hidden) return;
  for (const image of document.querySelectorAll("img[data-camera]")) {
    image.src = `${image.src.split("?")[0]}?${Date.now()}`;
  }
}, CAMERA_MS);
