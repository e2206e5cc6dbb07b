// Country, delivery or payment changed: ask the server for the new totals, as the "update" button would, and put
// the parts marked data-live in place. When anything goes wrong the button comes back.
const form = document.querySelector("[data-checkout]");
const button = form?.querySelector("[data-update]");
let asking;

function replaceParts({ target }) {
  if (target !== asking) return;
  form.removeAttribute("aria-busy");
  const fresh = target.response?.querySelectorAll("[data-live]") ?? [];
  button.hidden = fresh.length > 0;
  for (const part of fresh) {
    const focused = document.activeElement?.id;
    document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }
}

function refresh() {
  asking?.abort();
  const data = new FormData(form);
  if (button.name) data.set(button.name, button.value);
  // A request that yields a document, not a string to parse: it passes under Trusted Types.
  asking = new XMLHttpRequest();
  asking.open("POST", button.formAction);
  asking.responseType = "document";
  asking.addEventListener("loadend", replaceParts);
  form.setAttribute("aria-busy", "true");
  asking.send(data);
}

if (button) {
  button.hidden = true;
  form.addEventListener("change", ({ target }) => target.closest("[data-updates]") && refresh());
}
