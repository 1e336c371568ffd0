import { $, $$, announce, fill, words } from "./dom.js";

// The kanban board: cards move by mouse (after 5 px), by finger (after a long press) and by
// Shift with the arrow keys. The server is the truth: every drop is sent and the board that comes
// back takes the place of this one, with the reason in a toast when the move was refused.
const MOUSE = 5;
const HOLD = 260;
const SLIP = 8;
const EDGE = 48;

let held = null;

const place = (card) => ({ parent: card.parentElement, next: card.nextElementSibling });

function send(card, lane, home) {
  const board = card.closest(".board");
  announce(fill(words.moved, { name: card.dataset.name || "", lane: lane.getAttribute("aria-label") }));
  if (card.closest(".lane") !== lane) $("ol", lane).prepend(card);
  card.focus();
  const back = () => home.parent.insertBefore(card, home.next);
  board.addEventListener("htmx:error", back, { once: true });
  htmx.ajax("POST", board.dataset.move, {
    source: board,
    target: "#" + board.id,
    swap: "outerMorph",
    values: { deal: card.dataset.id, stage: lane.dataset.stage },
  });
}

function lift() {
  const { card, x, y } = held;
  const box = card.getBoundingClientRect();
  Object.assign(held, { on: true, dx: x - box.left, dy: y - box.top, home: place(card) });
  held.slot = document.createElement("li");
  held.slot.className = "slot";
  held.slot.style.height = `${box.height}px`;
  card.after(held.slot);
  card.style.width = `${box.width}px`;
  card.classList.add("drag");
  try {
    card.setPointerCapture(held.id);
  } catch {
    // the pointer may be gone already; moving works without
  }
  follow();
}

// One frame of dragging: the card under the pointer, the slot under the card, the board's edge.
function follow() {
  if (!held?.on) return;
  const { card, x, y, slot } = held;
  card.style.left = `${x - held.dx}px`;
  card.style.top = `${y - held.dy}px`;
  const lane = document.elementFromPoint(x, y)?.closest(".lane");
  $$(".lane.over").forEach((other) => other !== lane && other.classList.remove("over"));
  if (lane) {
    lane.classList.add("over");
    held.lane = lane;
    const below = $$(".deal:not(.drag)", lane).find((other) => {
      const box = other.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    const list = $("ol", lane);
    if (slot.parentElement !== list || slot.nextElementSibling !== (below ?? null)) {
      list.insertBefore(slot, below ?? null);
    }
  }
  const board = card.closest(".board");
  const edges = board.getBoundingClientRect();
  const right = Math.max(0, x - (edges.right - EDGE));
  const left = Math.max(0, edges.left + EDGE - x);
  board.scrollLeft += Math.min(right, EDGE) / 4 - Math.min(left, EDGE) / 4;
  requestAnimationFrame(follow);
}

function drop(event) {
  const last = held;
  held = null;
  if (!last) return;
  clearTimeout(last.timer);
  if (!last.on) return;
  last.slot.replaceWith(last.card);
  last.card.classList.remove("drag");
  last.card.removeAttribute("style");
  $$(".lane.over").forEach((lane) => lane.classList.remove("over"));
  // Letting go is no click on the link below the pointer.
  const swallow = (click) => click.preventDefault();
  addEventListener("click", swallow, { once: true, capture: true });
  setTimeout(() => removeEventListener("click", swallow, true), 50);
  if (event.type === "pointerup" && last.lane && last.lane !== last.from) {
    send(last.card, last.lane, last.home);
  } else {
    last.home.parent.insertBefore(last.card, last.home.next);
  }
}

export function startBoard() {
  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".deal");
    if (!card || event.button || card.hasAttribute("data-fixed")) return;
    const touch = event.pointerType === "touch";
    const { clientX: x, clientY: y, pointerId: id } = event;
    held = { card, x, y, x0: x, y0: y, id, touch, from: card.closest(".lane") };
    if (touch) held.timer = setTimeout(lift, HOLD);
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const { clientX: x, clientY: y } = event;
    const moved = Math.hypot(x - held.x0, y - held.y0);
    if (!held.on && held.touch && moved > SLIP) {
      clearTimeout(held.timer);
      held = null;
      return;
    }
    Object.assign(held, { x, y });
    if (!held.on && !held.touch && moved >= MOUSE) lift();
  });
  document.addEventListener("touchmove", (event) => held?.on && event.preventDefault(), { passive: false });
  document.addEventListener("dragstart", (event) => event.target.closest(".deal") && event.preventDefault());
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.(".deal");
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!card || !by || !event.shiftKey) return;
    event.preventDefault();
    const lanes = $$(".lane", card.closest(".board"));
    const lane = lanes[lanes.indexOf(card.closest(".lane")) + by];
    if (lane) send(card, lane, place(card));
  });
}
