// What must be known before the first paint: theme, language, and whether someone is signed in here.
// And that the program doesn't come: the program itself can't say it.
(() => {
  const root = document.documentElement;
  const remembered = (key) => {
    try {
      return localStorage.getItem("zvonok." + key);
    } catch {
      return null;
    }
  };

  const theme = remembered("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const path = location.pathname;
  if (/^\/(invite|join|apply|application)\b/.test(path)) root.dataset.shell = "page";
  else if (/^\/admin\b/.test(path)) root.dataset.shell = "admin";
  else if (remembered("signed-in") && path !== "/sign-in") root.dataset.shell = "app";

  const language = remembered("lang") || navigator.language || "ru";
  if (language.startsWith("en")) {
    root.lang = "en";
    document.addEventListener("DOMContentLoaded", () => {
      for (const each of document.querySelectorAll("[data-en]")) each.textContent = each.dataset.en;
    });
  }

  const fails = () => document.querySelector("#shell .toasts")?.removeAttribute("hidden");
  // Of scripts and styles nothing bubbles. No program takes longer than that, but for a dead network.
  addEventListener("error", fails, true);
  addEventListener("unhandledrejection", fails);
  setTimeout(fails, 20000);
})();
