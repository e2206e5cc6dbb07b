// Only while the shop is under attack: work a sum out before a form is sent, so that sending many costs something.
// A browser that can't, or takes long, sends its form without: nobody waits in vain and nobody is refused.
const LONGEST = 10_000;
const field = document.querySelector("[data-puzzle]");

async function solve(nonce) {
  const encoder = new TextEncoder();
  for (let answer = 0; ; answer += 1) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(`${nonce}:${answer}`)));
    // sixteen zero bits, as shop/contact/rules.py asks
    if (digest[0] === 0 && digest[1] === 0) return String(answer);
    if (answer % 500 === 0) await new Promise((next) => setTimeout(next));
  }
}

if (field && globalThis.crypto?.subtle) {
  const form = field.form;
  let solved = null;
  const start = () => (solved ??= solve(field.dataset.puzzle).catch(() => ""));
  const enough = () => new Promise((next) => setTimeout(next, LONGEST, ""));
  form.addEventListener("focusin", start, { once: true });
  addEventListener("pageshow", () => (form.ariaBusy = null));
  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    field.value = await Promise.race([start(), enough()]);
    form.submit();
  });
}
