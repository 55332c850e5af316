// Beside htmx and its stream: says when the connection is lost, and asks for the
// cards every 3 s where the stream found no place or broke.

const POLL_MS = 3000;
const SILENT_MS = 12000; // a beat comes every 10 s: without one, the stream is not to be trusted
const LOST_MS = 15000;
const RETRY_MS = 30000;

const live = document.getElementById("live");
const lost = document.getElementById("lost");

let streamAt = -SILENT_MS; // the last word of the stream: none yet
let heardAt = performance.now(); // the last word by either way
let triedAt = heardAt;
let open = false;

live.addEventListener("htmx:sse:before:message", () => {
  streamAt = heardAt = performance.now();
  open = true;
  lost.hidden = true;
});
live.addEventListener("htmx:sse:close", () => (open = false));

async function ask() {
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

function put(html) {
  const pieces = document.createElement("template");
  pieces.innerHTML = html;
  for (const piece of [...pieces.content.children]) {
    piece.removeAttribute("hx-swap-oob");
    document.getElementById(piece.id)?.replaceWith(piece);
  }
}

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
