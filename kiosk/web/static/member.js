// A member's page on a phone: where their jobs are, put anew every few seconds while it is looked at.

const EVERY_MS = 5000;

const jobs = () => document.getElementById("jobs");

async function look() {
  if (document.hidden || jobs().querySelector("details[open], :focus")) return; // being read
  const answer = await fetch(jobs().dataset.jobs).catch(() => null);
  if (answer?.status === 403) return location.reload(); // the ten minutes are over
  if (!answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  jobs().replaceWith(fresh.content.querySelector("#jobs"));
}

document.addEventListener("click", (event) => {
  if ("keep" in event.target.dataset) event.target.closest("details").open = false;
});
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY_MS);
