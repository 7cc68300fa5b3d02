"use strict";
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const found = document.getElementById("found");
  const search = document.getElementById("search");
  document.getElementById("tools").hidden = false;

  const tell = (shown) => {
    found.textContent = shown === rows.length ? `${rows.length} shown` : `${shown} of ${rows.length} shown`;
  };
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, n) => {
      row.hidden = !words.every((word) => texts[n].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    tell(shown);
  });
  tell(rows.length);

  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  const heads = Array.from(table.tHead.rows[0].cells);
  const sort = (column) => {
    const head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const values = new Map(rows.map((row) => {
      const cell = row.cells[column];
      return [row, cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v)];
    }));
    const order = (a, b) => {
      const x = values.get(a), y = values.get(b);
      return typeof x === "number" ? x - y : compare(x, y);
    };
    const sorted = rows.slice().sort((a, b) => (down ? order(b, a) : order(a, b)));
    body.append(...sorted);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
})();
