// Cover an identity document on one's own device. The file that is chosen never leaves it: only a new, flat picture is
// sent, scaled down, with a watermark, and with pure black where somebody placed a box. It is always a PNG: a JPEG lets
// colours of the edge run into the black.
const tool = document.querySelector("[data-redact]");
const form = tool?.closest("form");
const words = tool?.dataset ?? {};
const find = (name) => tool.querySelector(`[data-${name}]`);

const BLOCK = 8; // boxes are made a little larger rather than smaller
const LARGEST_SIDE = 1600;
const SMALLEST_SIDE = 200;
const MOST_BYTES = 3_500_000;
const STEP = 0.01; // of the picture, for one press of an arrow
const PARTS = ["photo", "mrz", "number", "bsn"];

let picture; // a canvas with the scaled original, in memory alone
let boxes = []; // { part, x, y, w, h } in shares of the picture
let current = PARTS[0];

function say(text, isProblem = false) {
  const place = find("say");
  place.textContent = text;
  place.classList.toggle("field-error", isProblem);
}

async function choose({ target }) {
  const [file] = target.files;
  boxes = [];
  picture = undefined;
  if (!file) return render();
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    if (Math.min(canvas.width, canvas.height) < SMALLEST_SIDE) throw new Error("small");
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    picture = canvas;
    say(words.sayCover);
  } catch {
    say(words.sayKind, true);
  }
  target.value = ""; // nothing of the file stays in the form
  render();
  if (picture) find("stage").scrollIntoView({ block: "nearest" });
}

function aligned({ x, y, w, h }) {
  const left = Math.floor((x * picture.width) / BLOCK) * BLOCK;
  const top = Math.floor((y * picture.height) / BLOCK) * BLOCK;
  const right = Math.min(picture.width, Math.ceil(((x + w) * picture.width) / BLOCK) * BLOCK);
  const bottom = Math.min(picture.height, Math.ceil(((y + h) * picture.height) / BLOCK) * BLOCK);
  return [left, top, right - left, bottom - top];
}

function watermark(pen, width, height) {
  const size = Math.max(16, Math.round(width / 34));
  pen.save();
  pen.font = `600 ${size}px sans-serif`;
  pen.textAlign = "center";
  pen.translate(width / 2, height / 2);
  pen.rotate(-Math.PI / 8);
  for (let row = -6; row <= 6; row += 1) {
    pen.lineWidth = Math.max(2, size / 8);
    pen.strokeStyle = "rgb(255 255 255 / 60%)";
    pen.strokeText(words.watermark, (row % 2) * size * 3, row * size * 4);
    pen.fillStyle = "rgb(160 0 40 / 70%)";
    pen.fillText(words.watermark, (row % 2) * size * 3, row * size * 4);
  }
  pen.restore();
}

function flatten() {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pen = canvas.getContext("2d", { alpha: false });
  pen.drawImage(picture, 0, 0);
  watermark(pen, canvas.width, canvas.height);
  pen.fillStyle = "#000000";
  for (const box of boxes) pen.fillRect(...aligned(box));
  return canvas;
}

const isAbsent = (part) => tool.querySelector(`[data-absent="${part}"]`)?.checked ?? false;
const isDone = (part) => isAbsent(part) || boxes.some((box) => box.part === part);

function told() {
  const entries = boxes.map((box) => `${box.part}:${aligned(box).join(",")}`);
  return [...entries, ...PARTS.filter(isAbsent).map((part) => `${part}:absent`)].join(";");
}

function label(box) {
  const number = boxes.filter(({ part }) => part === box.part).indexOf(box) + 1;
  return `${words[box.part]} ${number}. ${words.sayKeys}`;
}

function place(element, { x, y, w, h }) {
  Object.assign(element.style, { left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` });
}

const within = (value, low, high) => Math.min(Math.max(value, low), high);

function move(box, dx, dy) {
  box.x = within(box.x + dx, 0, 1 - box.w);
  box.y = within(box.y + dy, 0, 1 - box.h);
}

function resize(box, dx, dy) {
  box.w = within(box.w + dx, 0.02, 1 - box.x);
  box.h = within(box.h + dy, 0.02, 1 - box.y);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function press(event, box) {
  const arrow = ARROWS[event.key];
  if (arrow) {
    const [dx, dy] = arrow.map((way) => way * STEP);
    (event.shiftKey ? resize : move)(box, dx, dy);
    place(event.currentTarget, box);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    boxes = boxes.filter((other) => other !== box);
    render();
    tool.querySelector(`[data-place="${box.part}"]`)?.focus();
  } else return;
  event.preventDefault();
}

function drag(event, box, change) {
  const element = event.currentTarget;
  const { width, height } = find("stage").getBoundingClientRect();
  let [x, y] = [event.clientX, event.clientY];
  element.setPointerCapture(event.pointerId);
  const follow = (moved) => {
    change(box, (moved.clientX - x) / width, (moved.clientY - y) / height);
    [x, y] = [moved.clientX, moved.clientY];
    place(element.closest(".redact-box"), box);
  };
  element.addEventListener("pointermove", follow);
  element.addEventListener("pointerup", () => element.removeEventListener("pointermove", follow), { once: true });
  event.stopPropagation();
}

function boxElement(box) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "redact-box";
  element.setAttribute("aria-label", label(box));
  element.append(document.createTextNode(words[box.part]));
  const corner = document.createElement("span");
  corner.className = "redact-corner";
  corner.addEventListener("pointerdown", (event) => drag(event, box, resize));
  element.append(corner);
  element.addEventListener("pointerdown", (event) => drag(event, box, move));
  element.addEventListener("keydown", (event) => press(event, box));
  place(element, box);
  return element;
}

function add(part, at = { x: 0.1, y: 0.1, w: 0.25, h: 0.15 }) {
  if (!picture || boxes.length >= 12) return;
  const box = { part, ...at };
  boxes.push(box);
  const absent = tool.querySelector(`[data-absent="${part}"]`);
  if (absent) absent.checked = false;
  render();
  find("stage").lastElementChild.focus();
}

// A box can also be drawn: press on the picture, pull, let go.
function draw(event) {
  if (!picture || event.target !== find("canvas") || event.button !== 0) return;
  const { left, top, width, height } = find("stage").getBoundingClientRect();
  const begin = [(event.clientX - left) / width, (event.clientY - top) / height];
  document.addEventListener("pointerup", (end) => {
    const [x, y] = [within((end.clientX - left) / width, 0, 1), within((end.clientY - top) / height, 0, 1)];
    const [w, h] = [Math.abs(x - begin[0]), Math.abs(y - begin[1])];
    if (w > 0.02 && h > 0.02) add(current, { x: Math.min(x, begin[0]), y: Math.min(y, begin[1]), w, h });
  }, { once: true });
  event.preventDefault();
}

function render() {
  const [stage, canvas] = [find("stage"), find("canvas")];
  stage.replaceChildren(canvas);
  find("work").hidden = !picture;
  if (!picture) return;
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  for (const box of boxes) stage.append(boxElement(box));
  for (const part of PARTS) {
    tool.querySelector(`[data-done="${part}"]`).textContent = isDone(part) ? words.sayDone : words.sayOpen;
  }
  find("preview").hidden = true;
  find("send").hidden = true;
}

async function review() {
  const missing = PARTS.filter((part) => !isDone(part));
  if (!boxes.length || missing.length) {
    return say(`${words.sayMissing} ${missing.map((part) => words[part]).join(", ")}`, true);
  }
  await fit();
  const [shown, flat] = [find("preview"), flatten()];
  [shown.width, shown.height] = [flat.width, flat.height];
  shown.getContext("2d").drawImage(flat, 0, 0);
  shown.hidden = false;
  find("send").hidden = false;
  say(words.sayReview);
  find("send").focus();
}

const blobOf = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/png"); });

// Make the picture smaller until it can be sent as a PNG.
async function fit() {
  while ((await blobOf(flatten())).size > MOST_BYTES && Math.min(picture.width, picture.height) > 2 * SMALLEST_SIDE) {
    const smaller = document.createElement("canvas");
    smaller.width = Math.round(picture.width * 0.8);
    smaller.height = Math.round(picture.height * 0.8);
    smaller.getContext("2d").drawImage(picture, 0, 0, smaller.width, smaller.height);
    picture = smaller;
  }
}

async function send(event) {
  event.preventDefault();
  if (!picture || find("send").hidden) return;
  const flat = flatten();
  const blob = await blobOf(flat);
  const data = new FormData(form);
  data.set("boxes", told());
  data.set("picture", blob, "copy.png");
  const asking = new XMLHttpRequest();
  asking.open("POST", form.action);
  asking.responseType = "document"; // not a string to parse: it passes under Trusted Types
  asking.addEventListener("loadend", () => {
    find("send").disabled = false;
    if (asking.status === 200) {
      picture = undefined;
      location.assign(asking.responseURL);
    } else {
      say(asking.response?.querySelector("[data-problem]")?.textContent.trim() || words.sayFailed, true);
    }
  });
  find("send").disabled = true;
  say(words.saySending);
  asking.send(data);
}

if (tool) {
  tool.hidden = false;
  document.querySelector("[data-redact-without]")?.remove();
  find("file").addEventListener("change", choose);
  find("stage").addEventListener("pointerdown", draw);
  find("review").addEventListener("click", review);
  form.addEventListener("submit", send);
  for (const button of tool.querySelectorAll("[data-place]")) {
    button.addEventListener("click", () => add((current = button.dataset.place)));
  }
  for (const tick of tool.querySelectorAll("[data-absent]")) {
    tick.addEventListener("change", () => {
      if (tick.checked) boxes = boxes.filter((box) => box.part !== tick.dataset.absent);
      render();
    });
  }
}
