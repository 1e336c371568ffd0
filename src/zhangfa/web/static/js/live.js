import { $$ } from "./dom.js";

// Parts that stay true while one looks: an element with data-live names the event stream; when
// something happens it is told so by the event "live", at most once in two seconds, and its own
// hx-get with hx-trigger="live" fetches it again with the usual checks. While the stream is away
// it asks every half minute instead. data-topics says what it waits for, if not for everything.
const APART = 2000;
const WITHOUT = 30000;

export function startLive() {
  const parts = $$("[data-live]");
  if (!parts.length) return;
  let timer = null;
  let open = false;
  const told = new Set();
  const wants = (part) => {
    const topics = part.dataset.topics?.split(" ") ?? ["fact", "owed", "breach"];
    return told.has("resync") || topics.some((topic) => told.has(topic));
  };
  const tell = (topic = "resync") => {
    told.add(topic);
    timer ??= setTimeout(() => {
      timer = null;
      if (document.hidden) return;
      for (const part of $$("[data-live]")) if (wants(part)) htmx.trigger(part, "live");
      told.clear();
    }, APART);
  };
  const mark = (state) => {
    open = state;
    for (const sign of $$("[data-live-sign]")) sign.classList.toggle("off", !state);
  };
  const stream = new EventSource(parts[0].dataset.live, { withCredentials: true });
  stream.onopen = () => mark(true);
  stream.onerror = () => mark(false);
  for (const topic of ["fact", "resync", "owed", "breach", "notice"]) {
    stream.addEventListener(topic, () => tell(topic));
  }
  setInterval(() => open || tell(), WITHOUT);
  document.addEventListener("visibilitychange", () => document.hidden || tell());
  addEventListener("pagehide", () => stream.close());
}
