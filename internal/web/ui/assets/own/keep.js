// Keeps what a person types until the server has said that it has it, so that a
// lost connection or a lost session loses no words. It is kept in this tab only
// (sessionStorage), under the form's address and the version it was filled from,
// and forgotten at sign-out. Passwords, files and hidden values are never kept.
//
// The server says that it has it with a cookie named "saved" that repeats the value
// posted as "_keep"; ui.Acknowledge sets it. Without the cookie, a form of a newer
// version does not match what was kept, so nothing old comes back.

const prefix = "keep ";

const store = (() => {
  try {
    sessionStorage.setItem(prefix, "");
    sessionStorage.removeItem(prefix);
    return sessionStorage;
  } catch {
    return null; // storage is switched off: nothing is kept
  }
})();

const keys = () => Object.keys(store).filter((k) => k.startsWith(prefix));

const keptFields = (form) =>
  [...form.elements].filter(
    (e) => e.name && !["password", "file", "hidden", "submit", "button", "reset"].includes(e.type) && e.autocomplete !== "off",
  );

const keyOf = (form) => {
  const version = form.elements.namedItem("version")?.value ?? "";
  return `${prefix}${new URL(form.action, location.href).pathname} ${version} ${form.id}`;
};

const read = (form) =>
  keptFields(form).map((e) => (e.type === "checkbox" || e.type === "radio" ? [e.name, e.value, e.checked] : [e.name, e.value]));

// write puts values back, field by field in order; it tells whether any changed.
const write = (form, values) => {
  const left = [...values];
  let changed = false;
  for (const e of keptFields(form)) {
    const tick = e.type === "checkbox" || e.type === "radio";
    const i = left.findIndex(([name, value]) => name === e.name && (!tick || value === e.value));
    if (i < 0) continue;
    const [, value, checked] = left.splice(i, 1)[0];
    if (tick && e.checked !== checked) {
      e.checked = checked;
      changed = true;
    } else if (!tick && e.value !== value) {
      e.value = value;
      changed = true;
    }
  }
  return changed;
};

const say = (form, key, before) => {
  const words = document.body.dataset;
  const box = document.createElement("div");
  box.className = "kept";
  box.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = words.keepRestored;
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "button button-second";
  clear.textContent = words.keepDiscard;
  clear.addEventListener("click", () => {
    store.removeItem(key);
    write(form, before);
    box.remove();
  });
  box.append(text, clear);
  form.prepend(box);
};

const start = () => {
  const saved = document.cookie.match(/(?:^|; )saved=([\w.-]+)/)?.[1];
  if (saved) {
    for (const k of keys()) if (JSON.parse(store.getItem(k)).id === saved) store.removeItem(k);
    document.cookie = "saved=; path=/; max-age=0; samesite=lax";
  }

  for (const form of document.querySelectorAll("main form[method=post]")) {
    if (form.hasAttribute("data-no-keep") || keptFields(form).length === 0 || form.querySelector("[type=password]")) continue;
    const key = keyOf(form);
    const old = store.getItem(key);
    const before = read(form);
    // A form that the server sent back with its faults already shows what was typed.
    if (document.querySelector(".alert-error[data-focus], .alert-warning[data-focus]")) {
      store.removeItem(key);
    } else if (old && write(form, JSON.parse(old).values)) {
      say(form, key, before);
    }

    const keep = (id) => {
      try {
        store.setItem(key, JSON.stringify({ id, values: read(form) }));
      } catch {
        // Full: the form still works, it is only not kept.
      }
    };
    form.addEventListener("input", () => keep(""));
    form.addEventListener("change", () => keep(""));
    form.addEventListener("submit", () => {
      const id = crypto.randomUUID?.() ?? String(Date.now()) + Math.random().toString(36).slice(2);
      let mark = form.elements.namedItem("_keep");
      if (!mark) {
        mark = document.createElement("input");
        mark.type = "hidden";
        mark.name = "_keep";
        form.append(mark);
      }
      mark.value = id;
      keep(id);
    });
  }

  for (const b of document.querySelectorAll("[data-forget]")) {
    b.closest("form")?.addEventListener("submit", () => keys().forEach((k) => store.removeItem(k)));
  }
};

if (store) start();
