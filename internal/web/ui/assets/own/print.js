// Prints the page, unfolds reasons on paper, and leads to the errors of a form.
// All of it is optional: the page works without.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Paper cannot be clicked, so what is folded away is opened for it.
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open]):not(.unprinted)")];
  for (const d of folded) d.open = true;
});
window.addEventListener("afterprint", () => {
  for (const d of folded) d.open = false;
  folded = [];
});

// The first thing to read on a page that refuses a form is why.
document.querySelector("[data-focus]")?.focus();

// A link to a field of the error summary also puts the cursor there.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-list a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field")?.querySelector("label, legend") ?? field).scrollIntoView();
  field.focus({ preventScroll: true });
});
