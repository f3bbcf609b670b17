// Sends files in pieces that survive a lost connection. Files and whole folders are
// dropped in or picked; each shows how far it is. Without this script the plain file
// field sends the same files as a multipart form.
//
//   POST  <start>       {"name","path","size","type","modified"} -> {"id","received"}
//                       after a reload the same file goes on under the id that this
//                       browser remembers, kept under a hash of its name, size and time
//   HEAD  <start>/<id>  -> Upload-Offset: bytes received
//   PATCH <start>/<id>  Upload-Offset: n, body: up to 8 MiB from n
//                       -> 204, Upload-Offset: bytes received now; 409 when n is not
//                       what was received: ask again by HEAD
//
// A file is stored when the offset equals its size. Answers of 400, 401, 403, 404,
// 410, 413, 415, 422 and 507 are final for the file; the body may hold {"message"}.

const chunk = 8 * 1024 * 1024;
const final = new Set([400, 401, 403, 404, 410, 413, 415, 422, 507]);
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

class Refused extends Error {}

// send gives the answer, or tries again for as long as the connection is away.
const send = async (url, options, onLost) => {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 30000)) {
    try {
      const r = await fetch(url, { credentials: "same-origin", ...options });
      if (r.ok || r.status === 409) return r;
      if (final.has(r.status)) {
        const body = await r.json().catch(() => ({}));
        throw new Refused(body.message ?? "");
      }
    } catch (e) {
      if (e instanceof Refused) throw e;
    }
    onLost();
    await Promise.race([wait(pause + Math.random() * 500), new Promise((r) => addEventListener("online", r, { once: true }))]);
  }
};

const offsetOf = (r) => Number(r.headers.get("Upload-Offset"));

// mark is the name under which this browser remembers an upload: a hash, for a
// file's name may say what somebody has. "" where the browser cannot make one.
const mark = async (start, file, path) => {
  if (!globalThis.crypto?.subtle) return "";
  const said = new TextEncoder().encode([start, path, file.size, file.lastModified].join("\n"));
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", said));
  return `upload-${[...sum.slice(0, 16)].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
};

// memory keeps ids over a reload; where the browser allows none, it forgets.
const memory = (name, id) => {
  try {
    if (!name) return null;
    if (id === undefined) return localStorage.getItem(name);
    if (id === null) localStorage.removeItem(name);
    else localStorage.setItem(name, id);
  } catch {
    // Nothing is kept: the file is sent from its beginning.
  }
  return null;
};

// begun gives the upload of this file that a reload cut off, if the server still
// has it.
const begun = async (start, name, lost) => {
  const id = memory(name);
  if (!id) return null;
  try {
    const r = await send(`${start.replace(/\/$/, "")}/${encodeURIComponent(id)}`, { method: "HEAD" }, lost);
    if (r.ok) return { id, received: offsetOf(r) };
  } catch {
    // It is done or gone.
  }
  memory(name, null);
  return null;
};

// one sends one file from wherever the server has it.
const one = async (start, file, path, report) => {
  const name = await mark(start, file, path);
  await sent(start, file, path, name, report);
  memory(name, null);
};

const sent = async (start, file, path, name, report) => {
  const lost = () => report("retrying");
  const was = await begun(start, name, lost);
  const r = was ? null : await send(
    start,
    {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ name: file.name, path, size: file.size, type: file.type, modified: file.lastModified }),
    },
    lost,
  );
  const { id, received } = was ?? (await r.json());
  memory(name, id);
  const url = `${start.replace(/\/$/, "")}/${encodeURIComponent(id)}`;
  let at = received ?? 0;
  while (at < file.size) {
    report("sending", at);
    const p = await send(
      url,
      {
        method: "PATCH",
        headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at), Accept: "application/json" },
        body: file.slice(at, at + chunk),
      },
      lost,
    );
    let next = offsetOf(p);
    if (p.status === 409) next = offsetOf(await send(url, { method: "HEAD" }, lost));
    if (!Number.isFinite(next) || next < 0 || next > file.size) throw new Refused("");
    if (next === at) await wait(1000); // nothing taken: do not hammer
    at = next;
  }
};

// walk lists the files of what was dropped, folders and all.
const walk = async (entry, path = "") => {
  if (entry.isFile) {
    const file = await new Promise((ok, no) => entry.file(ok, no));
    return [{ file, path: path + file.name }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((ok, no) => reader.readEntries(ok, no));
    if (some.length === 0) return found;
    for (const e of some) found.push(...(await walk(e, `${path}${entry.name}/`)));
  }
};

const skip = (path) => /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(path);

const open = (box) => {
  const words = (name) => box.dataset[`say${name}`] ?? "";
  const list = box.querySelector(".upload-list");
  const said = box.querySelector(".upload-said");
  const drop = box.querySelector(".drop");
  const plain = box.querySelector("input[type=file]");
  const hint = drop.querySelector(".drop-text");
  const invite = hint.textContent;
  const queue = [];
  let busy = false;
  let failed = 0;
  let stored = 0;

  const row = (item) => {
    const li = document.createElement("li");
    li.className = "upload-item";
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = item.path;
    const state = document.createElement("span");
    state.className = "upload-state";
    state.textContent = words("Waiting");
    const bar = document.createElement("progress");
    bar.className = "progress";
    bar.max = Math.max(item.file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", item.path);
    li.append(name, state, bar);
    list.append(li);
    return { li, state, bar };
  };

  const fail = (item, message) => {
    failed++;
    item.row.li.classList.add("upload-failed");
    item.row.bar.remove();
    item.row.state.textContent = message || words("Failed");
    if (item.file.size === 0) return;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button button-link";
    again.textContent = words("Again");
    again.addEventListener("click", () => {
      failed--;
      item.row.li.remove();
      add([item]);
    });
    item.row.li.append(again);
  };

  const run = async () => {
    if (busy) return;
    busy = true;
    said.textContent = "";
    for (let item; (item = queue.shift()); ) {
      if (item.file.size === 0) {
        fail(item, words("Empty"));
        continue;
      }
      try {
        await one(box.dataset.upload, item.file, item.path, (what, at) => {
          if (what === "retrying") {
            item.row.state.textContent = words("Retrying");
            return;
          }
          item.row.bar.value = at;
          item.row.state.textContent = words("Sending").replace("{percent}", String(Math.floor((100 * at) / item.file.size)));
        });
        stored++;
        item.row.li.classList.add("upload-done");
        item.row.bar.remove();
        item.row.state.textContent = words("Done");
      } catch (e) {
        fail(item, e instanceof Refused ? e.message : "");
      }
    }
    busy = false;
    said.textContent = failed ? words("SomeFailed") : words("AllDone");
    if (stored && !box.querySelector(".upload-next")) {
      const next = document.createElement("a");
      next.className = "button button-primary upload-next";
      next.href = box.dataset.uploadNext || location.href;
      next.textContent = words("Next");
      said.after(next);
    }
  };

  const add = (items) => {
    for (const { file, path } of items) {
      if (skip(path)) continue;
      const item = { file, path };
      item.row = row(item);
      queue.push(item);
    }
    run();
  };

  const pick = (folder) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    if (folder) input.webkitdirectory = true;
    else input.accept = plain.accept;
    input.addEventListener("change", () => add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))));
    input.click();
  };

  for (const b of drop.querySelectorAll("[data-pick]")) b.addEventListener("click", () => pick(b.dataset.pick === "folder"));
  // A folder cannot be picked on most phones.
  if (!("webkitdirectory" in HTMLInputElement.prototype)) drop.querySelector("[data-pick=folder]").hidden = true;

  let depth = 0;
  const over = (on) => {
    drop.classList.toggle("drop-over", on);
    hint.textContent = on ? words("Drop") : invite;
  };
  drop.addEventListener("dragenter", () => over(++depth > 0));
  drop.addEventListener("dragleave", () => over(--depth > 0));
  drop.addEventListener("dragover", (e) => e.preventDefault());
  drop.addEventListener("drop", async (e) => {
    e.preventDefault();
    depth = 0;
    over(false);
    // The entries must be taken at once: after the first wait they are gone.
    const entries = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
    for (const entry of entries) add(await walk(entry).catch(() => []));
  });

  addEventListener("beforeunload", (e) => {
    if (busy) e.preventDefault();
  });

  drop.hidden = false;
  box.classList.add("upload-on");
  plain.disabled = true;
  // The plain way's own button is not needed beside this one.
  for (const b of box.closest("form")?.querySelectorAll("[data-plain-upload]") ?? []) b.hidden = true;
};

for (const box of document.querySelectorAll("[data-upload]")) open(box);
