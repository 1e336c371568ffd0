import { $, $$, typing } from "./dom.js";
import { openLog } from "./sheet.js";
import { openPalette } from "./palette.js";

// J and K walk the rows of a page; a letter then presses what carries data-key in the row, or on
// the page. G and a letter goes to a page of the sidebar (data-go).
const rows = () => $$("[data-row]").filter((row) => row.offsetParent !== null);
const current = () => $("[data-row].on");

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  current()?.classList.remove("on");
  next.classList.add("on");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const row = current();
  const found = (row && $(`[data-key="${key}"]`, row)) || $(`.main > .bar [data-key="${key}"]`);
  found?.click();
  return Boolean(found);
}

const PLAIN = {
  j: () => step(1),
  k: () => step(-1),
  l: () => openLog(current()),
  z: () => $("#toasts [data-undo]")?.click(),
  "/": () => openPalette(),
  "?": () => $("#keys")?.showModal(),
  enter: () => {
    const row = current();
    if (row && document.activeElement === row) $("a[href]", row)?.click();
  },
};

export function startKeys() {
  let going = 0;
  addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === "k") {
      event.preventDefault();
      return openPalette();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined;
    if (typing(event.target) || $("dialog[open]")) return undefined;
    if (Date.now() < going) {
      going = 0;
      return $(`[data-go="${CSS.escape(key)}"]`)?.click();
    }
    if (key === "g") {
      going = Date.now() + 900;
      return undefined;
    }
    if (PLAIN[key]) {
      if (key !== "enter") event.preventDefault();
      return PLAIN[key]();
    }
    if (/^[a-z]$/.test(key) && press(key)) event.preventDefault();
    return undefined;
  });
}
