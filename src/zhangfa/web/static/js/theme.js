import { $$, root } from "./dom.js";

// Light or dark: the server writes data-theme from a cookie, so pages never flash.
function isDark() {
  if (root.dataset.theme !== "auto") return root.dataset.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

export function startTheme() {
  for (const button of $$("[data-theme-toggle]")) {
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
    });
  }
}
