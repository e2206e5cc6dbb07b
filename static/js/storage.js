// The only way for our scripts to keep something in this browser. A page names the keys that its visitor allows, as
// the register declares them (data-keeps on the body); anything else is refused.
const allowed = (document.body.dataset.keeps ?? "").split(" ");

function checked(key) {
  if (!key || !allowed.includes(key)) throw new Error(`undeclared: ${key}`);
  return key;
}

export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(checked(key)));
  } catch {
    return null; // nothing there, unreadable, or storage is switched off
  }
}

export function keep(key, value) {
  checked(key);
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full, or switched off: then it is not kept
  }
}
