// Sends the file of a form with data-upload in slices, then the form itself, which names it.
// A slice that was lost is sent again: three times, each after a moment.

const TRIES = 4;
const MOMENT_MS = 1000;
const SLICE_MS = 30000;

for (const form of document.querySelectorAll("form[data-upload]")) watch(form);

// Forms that a page brings later call this themselves.
export function watch(form) {
  form.addEventListener("submit", async (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file || form.elements.upload.value) return; // the form itself goes
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    say(form, "");
    const progress = form.querySelector("progress");
    progress.hidden = false;
    try {
      form.elements.upload.value = await send(form, file, (share) => (progress.value = share));
      form.querySelector("input[type=file]").disabled = true; // it has gone already
      form.requestSubmit(event.submitter);
    } catch (wrong) {
      say(form, wrong.message);
      progress.hidden = true;
    } finally {
      delete form.dataset.busy;
    }
  });
}

async function send(form, file, told) {
  const fields = new URLSearchParams({ name: file.name, size: file.size });
  const begun = await post(form, form.dataset.upload, fields);
  let came = 0;
  while (came < file.size) {
    const slice = file.slice(came, came + begun.slice);
    const url = `${form.dataset.upload}/${begun.upload}?at=${came}`;
    came = (await post(form, url, slice)).came;
    told(came / file.size);
  }
  return begun.upload;
}

async function post(form, url, body, tries = TRIES) {
  const headers = { "X-CSRF": form.elements.csrf.value };
  const signal = AbortSignal.timeout(SLICE_MS);
  let answer;
  try {
    answer = await fetch(url, { method: "POST", headers, body, signal });
  } catch {
    if (tries <= 1) throw new Error(form.dataset.lost);
    await new Promise((later) => setTimeout(later, MOMENT_MS));
    return post(form, url, body, tries - 1);
  }
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

function say(form, text) {
  form.querySelector("[role=alert]").textContent = text;
}
