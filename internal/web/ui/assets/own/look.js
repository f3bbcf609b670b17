// Shows the pages of a PDF. The bytes are fetched here, once, and handed to a frame
// that has neither our origin nor any connection; what it draws is all that comes of
// them. Without this script the words of each page are there, and the file to keep.

for (const view of document.querySelectorAll("[data-look]")) start(view);

async function start(view) {
  const { look, frame, parts, name, page, failed, locked } = view.dataset;
  const $ = (s) => view.querySelector(s);
  const status = $("[data-look-page]");
  const wanted = () => Math.max(1, Number(/^#page=(\d{1,5})$/.exec(location.hash)?.[1] ?? 1));
  let total = 0;
  let at = wanted();
  let port;

  const box = document.createElement("iframe");
  box.sandbox = "allow-scripts";
  box.title = name;
  box.className = "look-frame";
  box.referrerPolicy = "no-referrer";
  const here = () => {
    if (total) status.textContent = page.replace("{n}", at).replace("{total}", total);
    for (const b of view.querySelectorAll("[data-look-go]")) b.disabled = at + Number(b.dataset.lookGo) < 1 || at + Number(b.dataset.lookGo) > total;
  };
  const fail = (words) => {
    box.remove();
    $("[data-look-bar]").hidden = true;
    const said = $("[data-look-failed]");
    said.textContent = words;
    said.hidden = false;
    const plain = document.querySelector("[data-look-words]");
    if (plain) plain.open = true;
    view.dataset.state = "failed";
  };

  // A part is a font or a table of PDF.js, and has a plain name.
  const part = async ({ want, id }) => {
    let bytes = null;
    if (/^(cmaps|fonts|wasm)\/[\w-]+\.(bcmap|ttf|pfb|wasm)$/.test(want)) {
      const answer = await fetch(parts + want).catch(() => null);
      if (answer?.ok) bytes = await answer.arrayBuffer();
    }
    port.postMessage({ id, bytes }, bytes ? [bytes] : []);
  };

  const heard = ({ data }) => {
    if (data.want) part(data);
    if (data.pages) {
      total = data.pages;
      view.dataset.state = "open";
      $("[data-look-bar]").hidden = false;
      here();
    }
    if (data.drawn) view.dataset.drawn = data.drawn;
    if (data.at) {
      at = data.at;
      here();
    }
    if (data.error) fail(data.error === "locked" ? locked : failed);
  };

  // The place that a link names is in the frame, so the words stay folded below it.
  const plain = document.querySelector("[data-look-words]");
  if (plain) plain.open = false;
  for (const mark of document.querySelectorAll('[id^="page="]')) mark.removeAttribute("id");
  if (location.hash) view.scrollIntoView();

  const answer = await fetch(look, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return fail(failed);
  const pdf = await answer.arrayBuffer();
  box.addEventListener("load", () => {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = heard;
    // The frame has no origin that could be named here; it cannot leave ours, for this
    // page's policy lets it show nothing else.
    box.contentWindow.postMessage({ pdf, page: at, lang: document.documentElement.lang, words: { page } }, "*", [pdf, channel.port2]);
  }, { once: true });
  box.src = frame;
  $("[data-look-here]").append(box);
  setTimeout(() => total || view.dataset.state === "failed" || fail(failed), 30_000);

  const go = (n) => port?.postMessage({ go: Math.min(Math.max(n, 1), total) });
  for (const b of view.querySelectorAll("[data-look-go]")) b.addEventListener("click", () => go(at + Number(b.dataset.lookGo)));
  for (const b of view.querySelectorAll("[data-look-zoom]")) b.addEventListener("click", () => port?.postMessage({ zoom: Number(b.dataset.lookZoom) }));
  addEventListener("hashchange", () => go(wanted()));
}
