// The touch screen's one module. The server draws; this puts each screen in place,
// runs its countdown, tells the server what was touched, and says when it is lost.

const POLL_MS = 3000; // without a stream, the screen is asked for this often
const LOST_MS = 15000; // without a word for this long, the connection is lost
const RETRY_MS = 30000; // a stream that was refused is asked for again
const GHOST_MS = 400; // a second tap this soon after a screen change was meant for the old one
const GRACE_MS = 2000; // a screen whose time is over waits this long for the next one

const root = document.documentElement;
const stage = document.getElementById("stage");
const said = document.getElementById("said");

const waiting = []; // for their frame, in order
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()();

let shown = { key: stage.dataset.key, frame: frameOf(stage), whole: 0, left: 0 };
let page = 0;
let changedAt = -GHOST_MS;
let heardAt = performance.now();
let over = 0; // when the shown screen should have been followed by another; 0: never
let lost = false;

// --- drawing ---------------------------------------------------------------------------

function show(screen) {
  heardAt = performance.now();
  performance.mark("screen-received", { detail: screen.revision });
  const again = screen.key === shown.key && !lost;
  lost = false;
  root.lang = screen.language;
  if (!again || !patch(screen.html)) replace(screen);
  count(screen.until_s, again);
  turn(0);
  root.dataset.revision = screen.revision;
  onceShown(() => {
    performance.mark("screen-painted", { detail: screen.revision });
    root.dataset.painted = screen.revision;
  });
}

// A later revision of the floor, of which nothing is seen here: shown once the one before is.
function same(revision) {
  heardAt = performance.now();
  root.dataset.revision = revision;
  onceShown(() => (root.dataset.painted = revision));
}

function replace(screen) {
  stage.innerHTML = screen.html;
  stage.dataset.kind = screen.kind;
  said.textContent = screen.kind === "idle" ? "" : screen.said;
  if (screen.key !== shown.key) {
    changedAt = performance.now();
    page = 0;
  }
  shown = { key: screen.key, frame: frameOf(stage), whole: 0, left: 0 };
}

// The same screen again: only the parts that differ, so that no finger loses its button.
function patch(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (frameOf(fresh.content) !== shown.frame) return false;
  for (const part of fresh.content.querySelectorAll("[id]")) {
    const old = document.getElementById(part.id);
    if (old.outerHTML !== part.outerHTML) old.replaceWith(part);
  }
  return true;
}

// What a screen is besides its parts (what has an id) and what this module sets in it.
function frameOf(tree) {
  const copy = document.createElement("div");
  copy.append(...[...tree.childNodes].map((node) => node.cloneNode(true)));
  for (const part of copy.querySelectorAll("[id]")) part.replaceWith(part.id);
  for (const set of copy.querySelectorAll(".turn, .bar")) set.remove();
  for (const slot of copy.querySelectorAll(".slot")) slot.hidden = false;
  return copy.innerHTML.trim();
}

// A task queued from the frame's own callback runs once that frame is painted.
function onceShown(done) {
  requestAnimationFrame(() => {
    waiting.push(done);
    channel.port2.postMessage(0);
  });
}

// --- the countdown ---------------------------------------------------------------------

function count(untilS, again) {
  over = untilS === null ? 0 : performance.now() + untilS * 1000;
  const bar = stage.querySelector(".bar");
  if (!bar || untilS === null) return;
  if (!again || untilS > shown.left + 1) shown.whole = untilS; // begun, or begun anew
  shown.left = untilS;
  for (const running of bar.getAnimations()) running.cancel();
  const left = shown.whole > 0 ? Math.min(1, untilS / shown.whole) : 0;
  bar.animate([{ transform: `scaleX(${left})` }, { transform: "scaleX(0)" }], {
    duration: untilS * 1000,
    fill: "forwards",
  });
}

// --- pages of machines -----------------------------------------------------------------

function turn(by) {
  const tiles = stage.querySelector(".tiles");
  if (!tiles) return;
  const slots = [...tiles.children];
  const perPage = Number(getComputedStyle(tiles).getPropertyValue("--per-page"));
  const pages = Math.ceil(slots.length / perPage);
  page = (page + by) % pages; // round again after the last
  slots.forEach((slot, i) => (slot.hidden = Math.floor(i / perPage) !== page));
  const key = stage.querySelector(".turn");
  key.hidden = pages < 2;
  key.querySelector(".page").textContent = `${page + 1} / ${pages}`;
}

// --- fingers ---------------------------------------------------------------------------

function say(what, value) {
  fetch("/touch", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ what, value }),
  }).catch(() => lose());
}

function press(button) {
  if (performance.now() - changedAt < GHOST_MS) return;
  if ("turn" in button.dataset) {
    turn(1);
    if (!over) return;
    say("language", root.lang); // whoever leafs through the machines is still there:
    count(shown.whole, true); // the time begins anew, here as on the floor
  } else if (button.dataset.touch) {
    say(button.dataset.touch, button.dataset.value);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) press(button);
});

// A button that is drawn anew under a finger gets no click: what was meant stays meant.
let under = { button: null, key: "" };

document.addEventListener("pointerdown", (event) => {
  under = { button: event.target.closest("button"), key: shown.key };
});
document.addEventListener("pointerup", () => {
  const { button, key } = under;
  if (!button || button.isConnected || key !== shown.key) return;
  press(button);
  changedAt = performance.now(); // and a click that comes all the same is not a second one
});
document.addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("resize", () => turn(0));

// --- hearing from the server -----------------------------------------------------------

let stream = null;
let triedAt = 0;

function listen() {
  stream?.close();
  triedAt = performance.now();
  stream = new EventSource("/screen/events");
  stream.addEventListener("screen", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("same", (event) => same(Number(event.data)));
  stream.addEventListener("beat", () => (heardAt = performance.now()));
}

async function ask() {
  try {
    const answer = await fetch("/screen.json", { signal: AbortSignal.timeout(POLL_MS) });
    if (!answer.ok || (stream?.readyState === EventSource.OPEN && !lost)) return;
    const screen = await answer.json();
    const stuck = lost && screen.until_s !== null && screen.until_s * 1000 < GRACE_MS;
    if (!stuck) show(screen); // what should be over by now is not shown again
  } catch {
    // the next round asks again; after LOST_MS the screen says so
  }
}

function lose() {
  if (lost) return;
  lost = true;
  over = 0;
  said.textContent = "";
  shown = { key: "lost", frame: "", whole: 0, left: 0 };
  stage.dataset.kind = "lost";
  stage.replaceChildren(document.getElementById("lost").content.cloneNode(true));
}

function watch() {
  const now = performance.now();
  if (document.hidden) return;
  if (now - heardAt > LOST_MS || (over && now > over + GRACE_MS)) lose();
  if (stream?.readyState === EventSource.OPEN && !lost) return;
  ask();
  if (stream?.readyState !== EventSource.CONNECTING && now - triedAt > RETRY_MS) listen();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else {
    listen();
  }
});

turn(0);
count(stage.dataset.until === "" ? null : Number(stage.dataset.until), false);
listen();
setInterval(watch, POLL_MS);
