"use strict";
(() => {
  const PART = 200; // rows that are laid out at a time: a browser is slow with thousands
  const table = document.getElementById("table");
  if (!table) return;
  const byId = (id) => document.getElementById(id);
  const body = table.tBodies[0], heads = Array.from(table.tHead.rows[0].cells);
  const search = byId("search"), group = byId("group"), at = byId("at"), back = byId("back"), on = byId("on");
  const all = Array.from(body.rows);
  let order = all, found = all, part = 0;

  const show = () => {
    const first = part * PART, shown = found.slice(first, first + PART);
    body.replaceChildren(...shown);
    const parts = Math.max(1, Math.ceil(found.length / PART));
    if (at.length !== parts) {
      at.replaceChildren(...Array.from({ length: parts }, (_, n) => new Option(`${n + 1} of ${parts}`, n)));
    }
    at.value = part;
    back.disabled = part === 0;
    on.disabled = part === parts - 1;
    byId("pager").hidden = parts === 1;
    const many = (n) => n.toLocaleString("en");
    const rows = parts === 1 ? "" : `: rows ${many(first + 1)} to ${many(first + shown.length)}`;
    byId("found").textContent =
      (found.length === all.length ? `${many(all.length)} shown` : `${many(found.length)} of ${many(all.length)} shown`) + rows;
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean), only = group.value;
    const fits = only === "" ? () => true
      : /^\d/.test(only) ? (row) => row.dataset.in.split(" ").includes(only)
        : (row) => row.querySelector(".badge").textContent.endsWith(` ${only}`);
    const has = (row) => { const text = row.textContent.toLowerCase(); return words.every((word) => text.includes(word)); };
    found = order.filter((row) => fits(row) && has(row));
    part = 0;
    show();
  };
  // Points sort by their number ("≈ 3.33"), and what has none ("not graded", "crashed") comes before all.
  const number = (text) => { const value = parseFloat(text.replace("≈", "")); return Number.isNaN(value) ? -1 : value; };
  const collator = new Intl.Collator(undefined, { numeric: true });
  const sort = (column) => {
    const down = heads[column].getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const text = (row) => row.cells[column].textContent;
    const isNumber = heads[column].classList.contains("num");
    const keyed = order.map((row) => [isNumber ? number(text(row)) : text(row), row]);
    keyed.sort(([a], [b]) => sign * (isNumber ? a - b : collator.compare(a, b)));
    order = keyed.map(([, row]) => row);
    filter();
  };
  const turn = (to) => { part = to; show(); table.scrollIntoView({ block: "start" }); };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
  search.addEventListener("input", filter);
  group.addEventListener("change", filter);
  at.addEventListener("change", () => turn(Number(at.value)));
  back.addEventListener("click", () => turn(part - 1));
  on.addEventListener("click", () => turn(part + 1));
  document.querySelectorAll(".pick").forEach((button) => button.addEventListener("click", () => {
    group.value = button.dataset.group;
    search.value = "";
    filter();
    byId("students").scrollIntoView();
    group.focus({ preventScroll: true });
  }));
  document.querySelectorAll(".scripted").forEach((one) => { one.hidden = false; });
  filter();
})();
