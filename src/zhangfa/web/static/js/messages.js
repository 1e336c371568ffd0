import { $, $$, root, words } from "./dom.js";

// Toasts: the server sends them as <hx-partial id="toasts">; ours say what went wrong on the way.
const STAYS = 8000;

export function toast(text, tone = "") {
  const region = $("#toasts");
  if (!region) return;
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.textContent = text;
  region.replaceChildren(box);
}

function expire(box) {
  let timer;
  const wait = () => {
    timer = setTimeout(() => {
      box.classList.add("leaving");
      setTimeout(() => box.remove(), 220);
    }, STAYS);
  };
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", wait);
  wait();
}

// A session that ended answers with the page of signing in: go there instead of showing it here.
function signedOut(response) {
  return response?.redirected && new URL(response.url).pathname.startsWith(root.dataset.gate);
}

export function startMessages() {
  const region = $("#toasts");
  if (region) {
    $$(".toast", region).forEach(expire);
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        if (node.classList?.contains("toast")) expire(node);
      }
    }).observe(region, { childList: true });
  }
  document.addEventListener("htmx:before:response", (event) => {
    if (!signedOut(event.detail.ctx.response.raw)) return;
    event.preventDefault();
    location.reload();
  });
  document.addEventListener("htmx:response:error", (event) => {
    if (!event.detail.ctx.text?.includes("<hx-partial")) toast(words.failed, "bad");
  });
  document.addEventListener("htmx:error", (event) => {
    if (!event.target.closest?.("[data-draft]")) toast(words.failed, "bad");
  });
}
