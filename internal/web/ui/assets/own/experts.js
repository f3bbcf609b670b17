// Shows those found anew while the form of a search is being filled in. Without it the
// form's button does the same. Nothing that is typed goes into an address: the form is
// posted, as the button posts it.

const form = document.querySelector("form[data-live]");
const place = document.getElementById("results");
const said = document.getElementById("found-said");

const wait = 350; // milliseconds without a key before it is asked

const filled = () => {
  const body = new URLSearchParams(new FormData(form));
  body.set("live", "yes");
  return body.toString();
};

// whatever keep.js put back differs from what the server drew.
const changed = () =>
  [...form.elements].some((e) =>
    e.type === "checkbox" || e.type === "radio"
      ? e.checked !== e.defaultChecked
      : e.tagName === "SELECT"
        ? [...e.options].some((o) => o.selected !== o.defaultSelected) && !(e.selectedIndex === 0 && ![...e.options].some((o) => o.defaultSelected))
        : e.type !== "hidden" && e.defaultValue !== undefined && e.value !== e.defaultValue,
  );

if (form && place) {
  let last = filled();
  let timer;
  let asked;

  const ask = async () => {
    const body = filled();
    if (body === last) return;
    last = body;
    asked?.abort();
    asked = new AbortController();
    const mine = asked;
    place.setAttribute("aria-busy", "true");
    said.textContent = form.dataset.waiting;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body), signal: mine.signal, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = await answer.text();
      said.textContent = place.querySelector("[data-said]")?.textContent ?? "";
    } catch (error) {
      if (mine.signal.aborted) return;
      last = "";
      said.textContent = form.dataset.stale;
      let note = place.querySelector(".found-stale");
      if (!note) {
        note = document.createElement("p");
        note.className = "found-stale";
        place.prepend(note);
      }
      note.textContent = form.dataset.stale;
    }
    if (mine === asked) place.removeAttribute("aria-busy");
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
  });
  if (changed()) {
    last = "";
    ask();
  }
}
