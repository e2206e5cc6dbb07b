// A button less and a button more beside each quantity; in the cart the form is sent once the clicking stops.
for (const box of document.querySelectorAll("[data-quantity]")) {
  const input = box.querySelector("input");
  let timer;
  for (const button of box.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const wanted = (input.valueAsNumber || 0) + Number(button.dataset.step);
      input.value = Math.min(Math.max(wanted, Number(input.min)), Number(input.max));
      if ("quantitySends" in box.dataset) {
        clearTimeout(timer);
        timer = setTimeout(() => input.form.requestSubmit(), 600);
      }
    });
  }
}
