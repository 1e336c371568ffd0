import { $, $$ } from "./dom.js";
import { startBoard } from "./board.js";
import { startClock } from "./clock.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startMessages } from "./messages.js";
import { openPalette, startPalette } from "./palette.js";
import { startSheet } from "./sheet.js";
import { startTheme } from "./theme.js";

// Plain behaviour that markup asks for by an attribute: open and close dialogs, send a filter
// when it changes, close menus when one clicks elsewhere, empty a form that was saved, keep the
// address of a filtered list.
function startPlain() {
  document.addEventListener("click", (event) => {
    const at = event.target;
    if (at.closest("[data-palette]")) openPalette();
    const opens = at.closest("[data-open]");
    if (opens) document.getElementById(opens.dataset.open)?.showModal();
    if (at.closest("[data-close]")) at.closest("dialog")?.close();
    if (at.matches("dialog")) at.close();
    if (at.closest("[data-print]")) print();
    for (const menu of $$("details.menu[open]")) if (!menu.contains(at)) menu.open = false;
    const pick = at.closest("[data-pick]");
    if (pick) {
      const form = $("#composer");
      $(`[value="${pick.dataset.pick}"]`, form).checked = true;
      $("textarea", form).focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of $$("details.menu[open]")) menu.open = false;
    const area = event.target.closest?.("textarea");
    if (area && event.key === "Enter" && (event.ctrlKey || event.metaKey)) area.form?.requestSubmit();
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit]")) event.target.form?.requestSubmit();
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("[data-reset]");
    if (form && event.detail.ctx.response?.status < 400) form.reset();
  });
  // A list that was filtered in place can be sent and reloaded: its address says how.
  document.addEventListener("htmx:after:swap", (event) => {
    const form = event.target.closest?.("form[data-keep-address]");
    if (!form) return;
    const asked = [...new FormData(form)].filter(([, value]) => value !== "");
    history.replaceState(history.state, "", `${form.action}?${new URLSearchParams(asked)}`);
  });
  for (const zone of $$(".drop")) {
    const over = (event) => {
      event.preventDefault();
      zone.classList.toggle("over", event.type === "dragover");
    };
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", over);
    zone.addEventListener("drop", (event) => {
      over(event);
      const input = zone.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

startClock();
startTheme();
startMessages();
startPlain();
startPalette();
startSheet();
startBoard();
startLive();
startKeys();
