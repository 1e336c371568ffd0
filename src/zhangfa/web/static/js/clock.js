import { $$, fill, root, words } from "./dom.js";

// Countdown chips. The server says what time it is; here we only add what has passed since, and
// every answer of the server sets the clock again. Deadlines themselves are computed there.
let serverTime = Number(root.dataset.now);
let heardAt = Date.now();

const now = () => serverTime + (Date.now() - heardAt) / 1000;

export function spanText(seconds) {
  const rest = Math.abs(Math.trunc(seconds));
  const days = Math.trunc(rest / 86400);
  const hours = Math.trunc((rest % 86400) / 3600);
  const minutes = Math.trunc((rest % 3600) / 60);
  if (days) return fill(words.days, { days, hours });
  if (hours) return fill(words.hours, { hours, minutes: String(minutes).padStart(2, "0") });
  return fill(words.minutes, { minutes });
}

export function tick() {
  for (const chip of $$("time[data-due]")) {
    const left = chip.dataset.due - now();
    const span = spanText(left);
    const text = left < 0 ? fill(words.late, { span }) : span;
    if (chip.textContent !== text) chip.textContent = text;
    const tone = left < 0 ? "late" : left <= 7200 && !chip.classList.contains("late") ? "soon" : "";
    if (tone && !chip.classList.contains(tone)) {
      chip.classList.remove("soon", "today", "far");
      chip.classList.add(tone);
    }
  }
}

export function startClock() {
  if (!serverTime) return;
  tick();
  setInterval(tick, 15000);
  document.addEventListener("htmx:after:swap", tick);
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:after:request", (event) => {
    const told = Date.parse(event.detail.ctx?.response?.headers.get("date"));
    if (told) [serverTime, heardAt] = [told / 1000, Date.now()];
  });
}
