// Draws the pages of a PDF that the page around it hands over. It runs in a frame
// without an origin and without any connection: what is in the PDF can reach nothing.
// Nothing of the PDF runs: no script of its own, no form, no link.

const lib = globalThis.pdfjsLib;
const mostPixels = 12_000_000; // of one page
const mostDrawn = 6; // pages that stay drawn at a time

let port;
let asked = 0;
const waiting = new Map();

// Parts are the fonts and tables of PDF.js, which the page around fetches by name.
class Parts {
  fetch({ kind, filename }) {
    const folder = { cMapUrl: "cmaps", standardFontDataUrl: "fonts", wasmUrl: "wasm" }[kind];
    return new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      port.postMessage({ want: `${folder}/${filename}`, id: asked });
    });
  }
}

const pages = []; // {box, number, page, width, height, task, canvas}
let doc;
let zoom = 1;
let say = { page: "{n} / {total}" };

function fit(entry) {
  const room = document.documentElement.clientWidth - 16;
  const scale = (Math.min(room, 900) / entry.width) * zoom;
  entry.scale = scale;
  entry.box.style.width = `${Math.floor(entry.width * scale)}px`;
  entry.box.style.height = `${Math.floor(entry.height * scale)}px`;
}

async function draw(entry) {
  if (entry.task || entry.canvas) return;
  entry.task = true;
  try {
    entry.page ??= await doc.getPage(entry.number);
    const plain = entry.page.getViewport({ scale: 1 });
    if (plain.width !== entry.width || plain.height !== entry.height) {
      [entry.width, entry.height] = [plain.width, plain.height];
      fit(entry);
    }
    let scale = entry.scale * Math.min(globalThis.devicePixelRatio || 1, 2);
    scale *= Math.min(1, Math.sqrt(mostPixels / (plain.width * scale * plain.height * scale)));
    const viewport = entry.page.getViewport({ scale });
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.floor(viewport.width));
    canvas.height = Math.max(1, Math.floor(viewport.height));
    canvas.setAttribute("aria-hidden", "true");
    entry.render = entry.page.render({ canvas, viewport, annotationMode: lib.AnnotationMode.ENABLE });
    await entry.render.promise;
    entry.canvas?.remove();
    entry.canvas = canvas;
    entry.box.prepend(canvas);
    if (!entry.said) {
      entry.said = document.createElement("p");
      entry.said.className = "said";
      entry.box.append(entry.said);
      const text = await entry.page.getTextContent();
      entry.said.textContent = text.items.map((i) => (i.str ?? "") + (i.hasEOL ? "\n" : "")).join("").slice(0, 100_000);
    }
    port.postMessage({ drawn: entry.number });
  } catch (error) {
    if (error?.name !== "RenderingCancelledException") port.postMessage({ failed: entry.number });
  } finally {
    entry.task = null;
  }
  tidy();
}

function clear(entry) {
  entry.render?.cancel();
  if (entry.canvas) {
    entry.canvas.width = entry.canvas.height = 0;
    entry.canvas.remove();
    entry.canvas = null;
  }
}

// tidy lets go of the pages that are farthest from what is looked at.
function tidy() {
  const drawn = pages.filter((e) => e.canvas);
  drawn.sort((a, b) => Math.abs(a.number - at) - Math.abs(b.number - at));
  for (const entry of drawn.slice(mostDrawn)) clear(entry);
}

let at = 1;
function look() {
  const middle = innerHeight / 2;
  let best = null;
  for (const e of pages) {
    const r = e.box.getBoundingClientRect();
    if (r.bottom > -innerHeight && r.top < 2 * innerHeight) draw(e);
    if (!best && r.bottom >= middle) best = e;
  }
  best ??= pages.at(-1);
  if (best && best.number !== at) {
    at = best.number;
    port.postMessage({ at });
  }
}

let soon;
const later = () => {
  cancelAnimationFrame(soon);
  soon = requestAnimationFrame(look);
};

function go(n) {
  const entry = pages[Math.min(Math.max(n, 1), pages.length) - 1];
  if (!entry) return;
  scrollTo(0, entry.box.offsetTop - 8);
  if (at !== entry.number) {
    at = entry.number;
    port.postMessage({ at });
  }
  later();
}

function size(factor) {
  const was = at;
  zoom = Math.min(Math.max(factor, 0.5), 4);
  for (const e of pages) {
    clear(e);
    fit(e);
  }
  go(was);
}

async function open({ pdf, page, words }) {
  say = words ?? say;
  try {
    doc = await lib.getDocument({
      data: new Uint8Array(pdf),
      BinaryDataFactory: Parts,
      cMapUrl: "cmaps/",
      standardFontDataUrl: "fonts/",
      wasmUrl: "wasm/",
      useWorkerFetch: false,
      disableWorkerRendering: true,
      enableXfa: false,
      isEvalSupported: false,
      stopAtErrors: false,
      maxImageSize: 64_000_000,
      canvasMaxAreaInBytes: 4 * mostPixels,
      verbosity: 0,
    }).promise;
  } catch (error) {
    port.postMessage({ error: error?.name === "PasswordException" ? "locked" : "damaged" });
    return;
  }
  const first = await doc.getPage(1).catch(() => null);
  const plain = first?.getViewport({ scale: 1 }) ?? { width: 612, height: 792 };
  const total = Math.min(doc.numPages, 5000);
  for (let number = 1; number <= total; number++) {
    const box = document.createElement("section");
    box.className = "page";
    box.setAttribute("aria-label", say.page.replace("{n}", number).replace("{total}", total));
    const entry = { box, number, width: plain.width, height: plain.height };
    pages.push(entry);
    document.body.append(box);
    fit(entry);
  }
  port.postMessage({ pages: total });
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", () => size(zoom));
  go(page);
}

addEventListener("message", (event) => {
  if (event.source !== parent || port || !event.ports[0]) return;
  port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.go) go(data.go);
    if (data.zoom) size(zoom * data.zoom);
    if (data.id) {
      const { resolve, reject } = waiting.get(data.id) ?? {};
      waiting.delete(data.id);
      if (data.bytes) resolve?.(new Uint8Array(data.bytes));
      else reject?.(new Error("missing"));
    }
  };
  document.documentElement.lang = event.data.lang ?? "";
  open(event.data);
});
