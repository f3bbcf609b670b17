// Lets a person draw a signature with a finger, a pen or a mouse. What is drawn goes
// into the form's hidden field as a path of whole numbers. Without it the name can be
// typed, or the paper signed by hand.

const shape = "http://www.w3.org/2000/svg";

for (const pad of document.querySelectorAll("[data-sign]")) {
  const field = pad.querySelector("input[type=hidden]");
  const width = Number(pad.dataset.width);
  const height = Number(pad.dataset.height);
  const picture = document.createElementNS(shape, "svg");
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("width", "100%");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", pad.querySelector(".label").textContent);
  picture.style.touchAction = "none";
  picture.style.maxWidth = `${width}px`;
  picture.style.display = "block";
  const edge = document.createElementNS(shape, "rect");
  for (const [name, value] of Object.entries({ x: 1, y: 1, width: width - 2, height: height - 2, fill: "#fff", stroke: "#71767a", "stroke-width": 2 })) edge.setAttribute(name, value);
  const ink = document.createElementNS(shape, "path");
  for (const [name, value] of Object.entries({ fill: "none", stroke: "#1b1b4f", "stroke-width": 4, "stroke-linecap": "round", "stroke-linejoin": "round", d: field.value })) ink.setAttribute(name, value);
  picture.append(edge, ink);

  let drawing = false;
  let last = "";
  const at = (event) => {
    const box = picture.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * width);
    const y = Math.round(((event.clientY - box.top) / box.height) * height);
    return `${Math.min(Math.max(x, 0), width)} ${Math.min(Math.max(y, 0), height)}`;
  };
  const add = (step, point) => {
    if (step === "L" && point === last) return;
    last = point;
    field.value += step + point;
    ink.setAttribute("d", field.value);
  };
  picture.addEventListener("pointerdown", (event) => {
    drawing = true;
    picture.setPointerCapture(event.pointerId);
    add("M", at(event));
    const drawn = document.querySelector("input[name=how][value=drawn]");
    if (drawn) drawn.checked = true;
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (drawing) add("L", at(event));
  });
  for (const over of ["pointerup", "pointercancel"]) picture.addEventListener(over, () => (drawing = false));

  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "button button-link";
  clear.textContent = pad.dataset.clear;
  clear.addEventListener("click", () => {
    field.value = "";
    ink.setAttribute("d", "");
  });
  pad.append(picture, clear);
}
