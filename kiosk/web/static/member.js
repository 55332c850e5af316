// A member's page on a phone: where their jobs are, put anew every few seconds while it is looked at.

const EVERY_MS = 5000;

const jobs = () => document.getElementById("jobs");

async function look() {
  if (document.hidden) return;
  const answer = await fetch(jobs().dataset.jobs).catch(() => null);
  if (answer?.status === 403) return location.reload(); // the ten minutes are over
  if (!answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  put(fresh.content.querySelector("#jobs"));
}

// What was opened stays open, and the focus where it was: the member is reading.
function put(fresh) {
  const open = [...jobs().querySelectorAll("details[open]")].map((one) => one.id);
  const focus = jobs().contains(document.activeElement) ? document.activeElement.id : "";
  for (const id of open) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  jobs().replaceWith(fresh);
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if ("keep" in event.target.dataset) event.target.closest("details").open = false;
});
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY_MS);
