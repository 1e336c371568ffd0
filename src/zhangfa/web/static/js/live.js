import { $$ } from "./dom.js";

// Parts that stay true while one looks: an element with data-live names the event stream; when
// something happens it is told so by the event "live", at most once in two seconds, and its own
// hx-get with hx-trigger="live" fetches it again with the usual checks. While the stream is away
// it asks every half minute instead.
const APART = 2000;
const WITHOUT = 30000;

export function startLive() {
  const parts = $$("[data-live]");
  if (!parts.length) return;
  let timer = null;
  let open = false;
  const tell = () => {
    timer ??= setTimeout(() => {
      timer = null;
      if (!document.hidden) for (const part of $$("[data-live]")) htmx.trigger(part, "live");
    }, APART);
  };
  const mark = (state) => {
    open = state;
    for (const sign of $$("[data-live-sign]")) sign.classList.toggle("off", !state);
  };
  const stream = new EventSource(parts[0].dataset.live, { withCredentials: true });
  stream.onopen = () => mark(true);
  stream.onerror = () => mark(false);
  for (const topic of ["fact", "resync", "owed"]) stream.addEventListener(topic, tell);
  setInterval(() => open || tell(), WITHOUT);
  document.addEventListener("visibilitychange", () => document.hidden || tell());
  addEventListener("pagehide", () => stream.close());
}
