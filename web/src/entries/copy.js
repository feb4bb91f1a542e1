// The buttons that copy what another element says: hidden until this runs, and where the browser has no clipboard.
if (navigator.clipboard) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

function start() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const said = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        tell(button, button.dataset.done, said);
      } catch {
        // refused: the text is selected instead, so that one key copies it
        getSelection().selectAllChildren(source);
      }
    });
  }
}

function tell(button, done, said) {
  button.textContent = done;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    button.textContent = said;
  }, 2000);
}
