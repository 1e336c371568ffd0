import { $, $$, fill, headers, root, words } from "./dom.js";
import { toast } from "./messages.js";

// The quick log: a sheet that is part of every page, so that it opens without a network. What is
// typed is kept on this device until it is saved; a note that could not be sent waits in an
// outbox and goes out, once, when the device is back on line.
const mine = `:${root.dataset.person || ""}`;
const OUTBOX = `outbox${mine}`;
const stored = (key, otherwise) => JSON.parse(localStorage.getItem(key) || "null") ?? otherwise;
const store = (key, value) =>
  value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value));
const once = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;

const draftOf = (form) => `draft:${form.dataset.draft}${mine}`;
const written = (form) =>
  Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));

function restore(form, values) {
  for (const [name, value] of Object.entries(values || {})) {
    const control = form.elements[name];
    if (!control) continue;
    if (control instanceof RadioNodeList) control.value = value;
    else if (control.type !== "hidden" || name !== "key") control.value = value;
  }
}

// Open the sheet about what a row or a button names with data-about and data-about-name.
export function openLog(from) {
  const sheet = $("#log");
  if (!sheet || sheet.open) return;
  const form = $("form", sheet);
  form.reset();
  restore(form, stored(draftOf(form), null));
  const named = from?.closest?.("[data-about]") ?? from ?? $("[data-page-about]");
  const about = named?.dataset.about ?? named?.dataset.pageAbout;
  if (about) {
    form.elements.about.value = about;
    form.elements.about_name.value = named.dataset.aboutName || "";
  }
  sheet.showModal();
  $("textarea", form)?.focus();
}

function finished(form) {
  store(draftOf(form), null);
  form.reset();
  if (form.elements.key) form.elements.key.value = once();
  form.closest("dialog")?.close();
}

async function sendOutbox() {
  for (const note of stored(OUTBOX, [])) {
    let answer;
    try {
      answer = await fetch(note.action, {
        method: "POST",
        headers: { ...headers(), "HX-Request": "true", "Idempotency-Key": note.values.key },
        body: new URLSearchParams(note.values),
      });
    } catch {
      return;
    }
    if (answer.status >= 500 || answer.status === 403 || answer.redirected) return;
    store(OUTBOX, stored(OUTBOX, []).filter((other) => other.values.key !== note.values.key));
    toast(answer.ok ? words.sent : words.refused, answer.ok ? "" : "bad");
  }
}

export function startSheet() {
  for (const form of $$("form[data-draft]")) {
    if (form.elements.key) form.elements.key.value = once();
    form.addEventListener("input", () => store(draftOf(form), written(form)));
    form.addEventListener("htmx:error", () => {
      store(OUTBOX, [...stored(OUTBOX, []), { action: form.getAttribute("hx-post"), values: written(form) }]);
      finished(form);
      toast(words.kept);
    });
    form.addEventListener("htmx:after:request", (event) => {
      if (event.detail.ctx.response?.status < 400) finished(form);
    });
    if (!form.closest("dialog")) restore(form, stored(draftOf(form), null));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open-log]");
    if (button) {
      event.preventDefault();
      openLog(button);
    }
  });
  // A customer chosen among the hits of the sheet's own search.
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-choose]");
    if (!hit) return;
    const form = hit.closest("form");
    form.elements.about.value = hit.dataset.choose;
    form.elements.about_name.value = hit.dataset.name;
    $("#log-hits").replaceChildren();
    $("textarea", form)?.focus();
  });
  addEventListener("online", sendOutbox);
  const waiting = stored(OUTBOX, []).length;
  if (waiting) {
    toast(fill(words.waiting, { n: waiting }));
    sendOutbox();
  }
}
