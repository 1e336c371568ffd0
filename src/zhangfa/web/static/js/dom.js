// Small words for what every module does with the page.
export const $ = (selector, from = document) => from.querySelector(selector);
export const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
export const root = document.documentElement;

// The sentences of this module in the reader's language, with %(name)s for what is filled in.
export const words = JSON.parse(root.dataset.words || "{}");
export const fill = (text, values) => (text || "").replace(/%\((\w+)\)s/g, (_, name) => values[name]);

// Tell people who listen instead of looking.
export const announce = (text) => {
  const region = $("#live");
  if (region) region.textContent = text;
};

export const typing = (target) => target.closest?.("input,textarea,select,[contenteditable]");
export const headers = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
