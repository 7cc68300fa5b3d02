"use strict";
(() => {
  const form = document.getElementById("form");
  const go = (id) => { const link = document.getElementById(id); if (link) link.click(); };
  const fields = form ? Array.from(form.querySelectorAll("input, textarea, select")) : [];
  const before = new Map(fields.map((field) => [field, field.type === "checkbox" ? field.checked : field.value]));
  let sent = false;
  const typed = () => fields.some((field) => before.get(field) !== (field.type === "checkbox" ? field.checked : field.value));
  if (form) window.addEventListener("beforeunload", (event) => { if (!sent && (typed() || "unsaved" in form.dataset)) event.preventDefault(); });
  if (form) {
    form.addEventListener("submit", () => { sent = true; });
    for (const pick of form.querySelectorAll("select[data-into]")) {
      pick.addEventListener("change", () => {
        const into = document.getElementById(pick.dataset.into);
        if (pick.value && !into.value.includes(pick.value)) into.value = (into.value.trim() + " " + pick.value).trim();
        pick.value = "";
        into.focus();
      });
    }
  }
  const focusPoints = (number) => {
    const field = document.getElementById(`points-${number}`);
    if (!field) return false;
    const part = field.closest("details");
    part.open = true;
    part.querySelector("a.there").click();
    field.focus();
    field.select();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && form) {
      const button = { Enter: "next", s: "save" }[event.key];
      if (button) { event.preventDefault(); document.getElementById(button).click(); }
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const inField = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "Escape" && inField) { document.activeElement.blur(); return; }
    if (inField) return;
    if (/^[1-9]$/.test(event.key)) { if (focusPoints(Number(event.key) - 1)) event.preventDefault(); return; }
    const link = { j: "after", k: "before", u: "list", n: "notebook" }[event.key];
    if (link) { event.preventDefault(); go(link); }
    if (event.key === "j" && document.body.dataset.first) location.href = document.body.dataset.first;
  });
})();
