// "Recently viewed" and "for you", made in this browser out of what it kept itself and a file that is the same for
// everybody. Nothing goes to the server. Only on pages of visitors who allow preferences.
import { keep, kept } from "./storage.js";

const KEY = "viewed", MOST = 12, SHOWN = 4;
const place = document.querySelector("[data-preferences]");
const here = place.dataset.product;
const isSlug = (one) => typeof one === "string" && /^[a-z0-9-]{1,120}$/.test(one);
const stored = kept(KEY);
const before = (Array.isArray(stored) ? stored : []).filter((one) => isSlug(one) && one !== here).slice(0, MOST);
if (here) keep(KEY, [here, ...before].slice(0, MOST));

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function card(product) {
  const item = element("li", "card"), frame = element("div", "card-picture"), name = element("h3", "card-name");
  if (product.picture) {
    const image = element("img");
    Object.assign(image, { src: product.picture, alt: "", loading: "lazy", width: product.width, height: product.height });
    frame.append(image);
  }
  const link = element("a", "", product.name);
  link.href = product.url;
  name.append(link);
  item.append(frame, name, element("p", "price", product.price));
  return item;
}

function show(heading, products) {
  if (!products.length) return;
  const section = element("section", "section"), head = element("div", "section-head"), list = element("ul", "cards");
  head.append(element("h2", "", heading));
  list.append(...products.map(card));
  section.append(head, list);
  place.append(section);
}

// What goes with what was looked at, the newest counting most; never what was looked at itself.
function forYou(all, viewed) {
  const points = new Map();
  viewed.forEach((one, age) => {
    for (const other of all[one]?.related ?? []) {
      if (other !== here && !viewed.includes(other)) points.set(other, (points.get(other) ?? 0) + 1 / (age + 1));
    }
  });
  return [...points].sort(([, a], [, b]) => b - a).map(([one]) => one);
}

const viewed = here ? [here, ...before] : before;
if (before.length) {
  const answer = await fetch(place.dataset.related, { credentials: "omit" });
  const all = answer.ok ? await answer.json() : {};
  const told = (some) => some.map((one) => all[one]).filter(Boolean).slice(0, SHOWN);
  show(place.dataset.recent, told(before));
  show(place.dataset.foryou, told(forYou(all, viewed)));
  place.hidden = !place.childElementCount;
}
