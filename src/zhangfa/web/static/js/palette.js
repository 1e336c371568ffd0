import { $, $$ } from "./dom.js";

// The palette: the server searches (names, pinyin, initials, numbers); here only the choosing.
export function openPalette() {
  const dialog = $("#pal");
  if (!dialog || dialog.open) return;
  const input = $("input", dialog);
  dialog.showModal();
  input.value = "";
  input.focus();
  htmx.trigger(input, "ask");
}

function choose(dialog, by) {
  const hits = $$(".hits a", dialog);
  if (!hits.length) return;
  const at = hits.findIndex((hit) => hit.classList.contains("on"));
  const next = hits[(at + by + hits.length) % hits.length];
  hits[at]?.classList.remove("on");
  next.classList.add("on");
  next.scrollIntoView({ block: "nearest" });
}

export function startPalette() {
  const dialog = $("#pal");
  if (!dialog) return;
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(dialog, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      ($(".hits a.on", dialog) || $(".hits a", dialog))?.click();
    }
  });
  // Hits that act here instead of leading somewhere close the palette themselves.
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-log]")) dialog.close();
  });
}
